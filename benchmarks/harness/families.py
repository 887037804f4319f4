"""Families of rows: a network or a module of ours, and who can do the same."""

import importlib

import numpy as np

from harness.material import SEED, batch_last, batches, made, numbers
from harness.row import Row

#: Where the contestants of each peer are.
FILES = {
    "nnmods": "ours",
    "pytorch": "with_torch",
    "compile": "with_torch",
    "jax": "with_jax",
    "sklearn": "with_sklearn",
}


def training(name, group, build, x_shape, classes, optimiser="SGD", kinks=False):
    """Return a row: forward, cross-entropy, all gradients but of x, and a step.

    Parameters
    ----------
    name, group : str
    build : callable
        Returns the network of nnmods, from which those of the others are made.
    x_shape : tuple
        Of a batch, in the order (N, C, H, W) in memory too.
    classes : int
    optimiser : {"SGD", "Adam"}
    kinks : bool, default=False
        As in `Row`.
    """

    def parts(peer):
        from nnmods.training import kaiming

        net = kaiming(made(build), rng=SEED)
        return net, batches(4, x_shape, classes), optimiser

    builders = _builders("Training", parts, FILES)
    return Row(name, group, builders, trains=True, kinks=kinks)


def inference(name, group, build, x_shape):
    """Return a row: forward only."""

    def parts(peer):
        return made(build), numbers(*x_shape)

    return Row(name, group, _builders("Inference", parts, set(FILES) - {"sklearn"}))


def one_layer(name, group, build, x_shape):
    """Return a row: forward and all gradients of a layer of parameters.

    Images lie in memory as each side has them from the layers before.
    """

    def parts(peer):
        x = numbers(*x_shape)
        dC_dy = numbers(*made(build)(x).shape, seed=1)
        if peer == "nnmods":
            x, dC_dy = batch_last(x), batch_last(dC_dy)
        return made(build), x, dC_dy

    return Row(name, group, _builders("OneModule", parts, set(FILES) - {"sklearn"}))


def _builders(kind, parts, peers):
    """Return a function for each peer that builds its contestant of this class.

    ``parts(peer)`` returns the network of nnmods and the other arguments.
    """

    def builder(peer):
        def build():
            file = importlib.import_module(f"harness.{FILES[peer]}")
            net, *arguments = parts(peer)
            if file.__name__.endswith("torch"):
                net = file.as_torch(net)
            options = {"compiled": True} if peer == "compile" else {}
            return getattr(file, kind)(net, *arguments, **options)

        return build

    return {peer: builder(peer) for peer in peers}


def one_module(name, group, build, torch, x, *, images=True, summary=None, **options):
    """Return a row: forward and all gradients of one module, of a given dC_dy.

    Parameters
    ----------
    name, group : str
    build : callable
        Returns the module of nnmods.
    torch : callable or None
        Given ``torch``, it returns PyTorch's module or function; None is no
        counterpart.
    x : callable
        Returns the input.
    images : bool, default=True
        Whether x is in batch-last memory on our side, as from the layers before.
    summary : callable, default=None
        As in `summarised`: for noise.
    **options
        For `OneModule`.
    """

    def ours():
        from harness.ours import OneModule

        place = batch_last if images else np.ascontiguousarray
        a = place(x())
        dC_dy = place(numbers(*made(build)(a).shape, seed=1))
        return summarised(OneModule(made(build), a, dC_dy, **options), summary)

    def pytorch():
        import torch as package

        from harness.with_torch import OneModule

        function, a = torch(package), x()
        with package.no_grad():
            shape = function(package.from_numpy(a)).shape
        dC_dy = numbers(*shape, seed=1)
        return summarised(OneModule(function, a, dC_dy, **options), summary)

    return Row(name, group, {"nnmods": ours} | ({"pytorch": pytorch} if torch else {}))


def summarised(contestant, summary):
    """Return the contestant, with ``summary(contestant, results)`` for its results."""
    if summary:
        results = contestant.results
        contestant.results = lambda: summary(contestant, results())
    return contestant
