"""Running statistics of a network, gathered anew for averaged weights."""

import itertools
from contextlib import contextmanager

from nnmods.core.arrays import memory_key


def update_statistics(net, batches):
    """Gather the running statistics of a net's batch normalisations anew.

    ::

        running_mean, running_var = the means, over all batches, of what one batch gives

    Averaged weights (`EMA`, `SWA`) make activations that no step of the training has
    met: their statistics are found in one more pass over the data, in training mode.
    Each module's mode and momentum is then what it was. The new statistics stay when
    the averaged weights go: training follows on from them, evaluation of the weights
    themselves needs their own. A net without running statistics is left alone.

    Parameters
    ----------
    net : Module
    batches : iterable
        Of batches ``x``, or tuples that start with one, such as ``(x, target)``. A
        table of inputs has to be a list.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import BatchNormalization
    >>> net = BatchNormalization(1).evaluate()
    >>> update_statistics(net, [np.array([[1.0], [3.0]]), np.array([[5.0], [9.0]])])
    >>> net.running_mean, net.running_var  # of means 2 and 7, variances 2 and 8
    (array([4.5]), array([5.]))
    >>> net.train, net.momentum
    (False, 0.1)
    """
    modules = {id(module): module for _, module in net.named_modules()}.values()
    norms = [m for m in modules if getattr(m, "running_mean", None) is not None]
    if not norms:
        return
    modes = [(module, module.train) for module in modules]
    net.training()
    try:
        with _equal_shares(norms):
            for batch in batches:
                net.forward(batch[0] if isinstance(batch, tuple) else batch)
    finally:
        for module, train in modes:
            module.train = train


@contextmanager
def _equal_shares(norms):
    """Forget the statistics of modules, and let all that follows weigh the same."""
    momenta = [norm.momentum for norm in norms]
    counts = {}
    for norm in norms:
        norm.running_mean[...] = 0
        norm.running_var[...] = 1
        count = counts.setdefault(memory_key(norm.running_mean), itertools.count(1))
        norm._follow = _Mean(norm, count)
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            del norm._follow
            norm.momentum = momentum


class _Mean:
    """What stands in for a module's ``_follow``: the n-th sample has the share 1/n.

    Momentum as such would forget the first batches. Calls are counted here, as a batch
    of one sample has no variance, and some modules are called more than once in a pass
    or share their statistics.
    """

    def __init__(self, norm, count):
        self.norm, self.count, self.follow = norm, count, norm._follow

    def __call__(self, mean, var, M):
        self.norm.momentum = 1 / next(self.count)
        self.follow(mean, var, M)
