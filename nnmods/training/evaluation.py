"""Evaluation: cost and accuracy of a network on data it does not learn from."""

import contextlib

import numpy as np


@contextlib.contextmanager
def evaluating(net):
    """Put a network in evaluation mode for a while.

    Afterwards each of its modules is in the mode that it was in before, also when an
    error ended the block.

    Examples
    --------
    >>> from nnmods.activations import ReLU
    >>> net = ReLU()
    >>> with evaluating(net):
    ...     net.train
    False
    >>> net.train
    True
    """
    modes = [(module, module.train) for module in net.list_modules()]
    net.evaluate()
    try:
        yield net
    finally:
        for module, mode in modes:
            module.train = mode


def evaluate(net, criterion, x, target, batch_size=256, confusion=None):
    """Return the mean cost of a network on a data set, and its accuracy.

    Parameters
    ----------
    net : Module
        It runs in evaluation mode; the modes it came with are restored.
    criterion : Criterion
        One whose cost is the mean over the samples.
    x : ndarray, shape (N, ...)
    target : ndarray, shape (N, ...)
        For classes, integers of shape (N,) where y is (N, classes).
    batch_size : int, default=256
        Samples per call of ``net.forward``: it bounds the memory, and changes nothing
        but the rounding.
    confusion : ConfusionMatrix, default=None
        Counts the predictions as well.

    Returns
    -------
    cost : float
    accuracy : float or None
        From 0 to 1; None where the target is not one of classes.

    Raises
    ------
    ValueError
        If there are no samples, or not as many in ``x`` as in ``target``.

    Examples
    --------
    >>> from nnmods.core import Criterion
    >>> from nnmods.activations import ReLU
    >>> class Missing(Criterion):  # what the score of the right class lacks to 1
    ...     def forward(self, y, target):
    ...         return float(np.mean(1 - y[np.arange(len(y)), target]))
    >>> scores = np.array([[1.0, 0.0], [0.5, 0.0]])
    >>> evaluate(ReLU(), Missing(), scores, np.array([0, 1]))
    (0.5, 0.5)
    """
    if len(x) == 0:
        raise ValueError("evaluate: x has 0 samples, expected at least one")
    if len(target) != len(x):
        raise ValueError(
            f"evaluate: target has {len(target)} samples, expected {len(x)} as in x"
        )
    if batch_size < 1:
        raise ValueError(
            f"evaluate: batch_size has value {batch_size}, expected at least 1"
        )
    tally = Tally()
    with evaluating(net):
        for start in range(0, len(x), batch_size):
            part = slice(start, start + batch_size)
            y = net.forward(x[part])
            tally.add(criterion.forward(y, target[part]), y, target[part])
            if confusion is not None:
                confusion.add(target[part], y)
    return tally.cost, tally.accuracy


class Tally:
    """Mean cost and accuracy over minibatches of any size.

    Attributes
    ----------
    samples : int
    cost : float
        Mean of the costs, each weighted by its number of samples.
    accuracy : float or None
        Fraction of the samples whose largest score is that of their class.
    """

    def __init__(self):
        self.samples = self._hits = 0
        self._sum = 0.0

    def add(self, C, y, target):
        """Count one minibatch: its mean cost, its scores and what they should be."""
        self.samples += len(target)
        self._sum += C * len(target)
        if self._hits is not None and is_classes(y, target):
            self._hits += int(np.count_nonzero(y.argmax(axis=1) == target))
        else:
            self._hits = None

    @property
    def cost(self):
        return self._sum / self.samples

    @property
    def accuracy(self):
        return None if self._hits is None else self._hits / self.samples


def is_classes(y, target):
    """Tell whether ``y`` (N, classes) are scores of the class labels ``target``."""
    return (
        isinstance(y, np.ndarray)
        and isinstance(target, np.ndarray)
        and y.ndim == 2
        and target.shape == y.shape[:1]
        and target.dtype.kind in "iu"
    )
