"""Batching: what a training is given, as minibatches (x, target)."""

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.tables import is_table, map_table
from nnmods.data import Dataset, Minibatches


def in_batches(owner, x, target=None, batch_size=256):
    """Return an iterable of minibatches, in the order of the samples.

    Parameters
    ----------
    owner : str
        Who asks; errors begin with it.
    x, target : ndarray or table of ndarrays, each (N, ...)
        Without ``target``, x is a pair of these, a Dataset, or minibatches already.
    batch_size : int

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        If there are no samples, or not as many in ``x`` as in ``target``.
    """
    x, target = as_pair(owner, x, target)
    if target is None:
        return x
    if batch_size < 1:
        raise ValueError(
            f"{owner}: batch_size has value {batch_size}, expected at least 1"
        )
    n = _common_length(owner, x, target)
    return _slices(x, target, n, batch_size)


def as_pair(owner, x, target=None):
    """Return samples and targets, or minibatches and None.

    Raises
    ------
    TypeError
        If ``x`` is not to be iterated over.
    """
    if target is not None:
        return x, target
    if isinstance(x, Dataset):
        return x.x, x.target
    if isinstance(x, tuple) and len(x) == 2 and all(map(_is_samples, x)):
        return x
    if not hasattr(x, "__iter__") or hasattr(x, "shape"):
        raise TypeError(
            f"{owner}: x has type {type(x).__name__}, expected (x, target), a Dataset "
            "or minibatches"
        )
    return x, None


def shuffled(owner, x, batch_size, rng):
    """Return minibatches to train on: shuffled anew in each epoch, or those given."""
    x, target = as_pair(owner, x)
    if target is None:
        return x
    _common_length(owner, x, target)
    return Minibatches(x, target, batch_size, rng=rng)


def samples_in(target):
    """Return how many samples a batch of targets is of; a single one counts as 1."""
    if isinstance(target, np.ndarray):  # of most batches, and once in each step
        return len(target) if target.ndim else 1
    first = next(leaves(target), None)
    return len(first) if getattr(first, "ndim", 0) else 1


def pairs(owner, batches):
    """Yield the minibatches (x, target) of an iterable.

    Raises
    ------
    TypeError
        If one is no pair.
    """
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            length = f" of {len(batch)}" if hasattr(batch, "__len__") else ""
            raise TypeError(
                f"{owner}: batch has type {type(batch).__name__}{length}, expected a "
                "pair (x, target)"
            )
        yield batch


def _is_samples(value):
    """Tell whether a value is an array, or a table of arrays, and no minibatch."""
    return hasattr(value, "shape") or (
        is_table(value)
        and all(hasattr(leaf, "shape") for leaf in leaves(value))
        and any(True for _ in leaves(value))
    )


def _common_length(owner, x, target):
    for leaf in leaves([x, target]):
        if np.ndim(leaf) == 0:
            raise ValueError(
                f"{owner}: x or target has a single {type(leaf).__name__}, expected "
                "arrays of a length, the number of samples"
            )
    lengths = [len(leaf) for leaf in leaves([x, target])]
    n = lengths[0]
    if any(length != n for length in lengths):
        of_x = [len(leaf) for leaf in leaves(x)]
        of_target = lengths[len(of_x) :]
        raise ValueError(
            f"{owner}: target has {of_target[0]} samples, expected {n} as in x"
            if len(of_target) == len(of_x) == 1
            else f"{owner}: x has lengths {of_x} and target {of_target}, expected one"
        )
    if n == 0:
        raise ValueError(f"{owner}: x has 0 samples, expected at least one")
    return n


def _slices(x, target, n, batch_size):
    for start in range(0, n, batch_size):
        part = slice(start, start + batch_size)
        xb, tb = map_table(lambda array, part=part: array[part], [x, target])
        yield xb, tb
