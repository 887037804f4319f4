"""Evaluation: cost and accuracy of a network on data it does not learn from."""

import contextlib

import numpy as np

from nnmods.core.states import check_names
from nnmods.training.batching import in_batches, pairs, samples_in


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


def evaluate(
    net, criterion, x, target=None, batch_size=256, confusion=None, metrics=None
):
    """Return the mean cost of a network on a data set, and its accuracy.

    Parameters
    ----------
    net : Module
        It runs in evaluation mode; the modes it came with are restored.
    criterion : Criterion
        One whose cost is the mean over the samples.
    x : ndarray or table of ndarrays, each (N, ...), Dataset, or iterable
        With ``target=None``, a data set, or minibatches (x, target).
    target : ndarray or table, each (N, ...), default=None
        For classes, integers of shape (N,) where y is (N, classes).
    batch_size : int, default=256
        Samples per call of ``net.forward``: it bounds the memory, and changes nothing
        but the rounding.
    confusion : ConfusionMatrix, default=None
        Counts the predictions as well.
    metrics : dict of callables, default=None
        ``metric(y, target) -> float``, the mean over the samples of a batch.

    Returns
    -------
    cost : float
    accuracy : float or None
        From 0 to 1; None where the target is not one of classes.
    metrics : dict of float
        Only where some were asked for.

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
    batches = in_batches("evaluate", x, target, batch_size)
    tally = Tally(metrics)
    with evaluating(net):
        for xb, tb in pairs("evaluate", batches):
            y = net.forward(xb)
            tally.add(criterion.forward(y, tb), y, tb)
            if confusion is not None:
                confusion.add(tb, y)
    if tally.samples == 0:
        raise ValueError("evaluate: x has 0 samples, expected at least one")
    measured = tally.cost, tally.accuracy
    return (*measured, tally.metrics) if metrics else measured


class Tally:
    """Mean cost, accuracy and metrics over minibatches of any size.

    Parameters
    ----------
    metrics : dict of callables, default=None

    Attributes
    ----------
    samples : int
    cost : float
        Mean of the costs, each weighted by its number of samples.
    accuracy : float or None
        Fraction of the samples whose largest score is that of their class.
    last : float
        The cost of the last minibatch.
    metrics : dict of float
        Means, weighted as the cost is.
    """

    def __init__(self, metrics=None):
        self.functions = metrics or {}
        self.samples = self._hits = 0
        self._sum = self.last = 0.0
        self._sums = dict.fromkeys(self.functions, 0.0)

    def add(self, C, y, target):
        """Count one minibatch: its mean cost, its scores and what they should be."""
        n = samples_in(target)
        self.samples += n
        self._sum += C * n
        self.last = C
        for name, metric in self.functions.items():
            self._sums[name] += float(metric(y, target)) * n
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

    @property
    def metrics(self):
        return {name: sum_ / self.samples for name, sum_ in self._sums.items()}

    def state_dict(self):
        """Return what was counted."""
        names = ("samples", "last", "_hits", "_sum", "_sums")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state):
        """Go on counting from what `state_dict` returned.

        Raises
        ------
        TypeError, ValueError
            If that is of other metrics.
        """
        check_names("Trainer: tally", state, self.state_dict())
        check_names("Trainer: metrics", state["_sums"], self.functions)
        vars(self).update(state)
        self._sums = dict(self._sums)


def is_classes(y, target):
    """Tell whether ``y`` (N, classes) are scores of the class labels ``target``."""
    return (
        isinstance(y, np.ndarray)
        and isinstance(target, np.ndarray)
        and y.ndim == 2
        and target.shape == y.shape[:1]
        and target.dtype.kind in "iu"
    )
