"""Trainer: one epoch after another."""

import math
import time
import warnings

import numpy as np

from nnmods.training.evaluation import Tally, evaluate
from nnmods.training.history import History, Record


class Diverged(FloatingPointError):
    """The cost is no longer finite."""


class Trainer:
    """Steps down the gradient of the mean cost of minibatches.

    Each minibatch (x, target) is one step::

        y      = net.forward(x)
        C      = criterion.forward(y, target)
        dC_dw  = 0, to which net.backprop(x, criterion.backward(y, target)) adds
        w      = what optimizer.step() makes of it

    Parameters
    ----------
    net : Module
    criterion : Criterion
        One whose cost is the mean over the samples.
    optimizer : Optimizer
        Made for ``net``.
    batches : iterable
        Of pairs (x, target); each ``iter(batches)`` is one epoch.
    test : tuple, default=None
        A pair (x, target), on which the network is measured after each epoch.
    batch_size : int, default=256
        Samples of the test set per call.

    Attributes
    ----------
    history : History
        Of the epochs that were completed.

    Raises
    ------
    TypeError
        If ``net`` is not that of ``optimizer``.

    Examples
    --------
    >>> from nnmods.core import Criterion
    >>> from nnmods.layers import Linear
    >>> from nnmods.optim import SGD
    >>> class MeanSquare(Criterion):
    ...     def forward(self, y, target):
    ...         return float(np.mean((y - target) ** 2))
    ...     def backward(self, y, target):
    ...         return 2 / y.size * (y - target)
    >>> net = Linear(1, 1, bias=False)
    >>> net.weight[...] = 0
    >>> batches = [(np.array([[1.0]]), np.array([[3.0]]))]
    >>> trainer = Trainer(net, MeanSquare(), SGD(net, lr=0.25), batches)
    >>> trainer.epoch().train_cost, net.weight  # w - 0.25 * 2 * (w - 3)
    (9.0, array([[1.5]]))
    >>> trainer.epoch().train_cost
    2.25
    """

    def __init__(self, net, criterion, optimizer, batches, test=None, batch_size=256):
        if optimizer.net is not None and optimizer.net is not net:
            raise TypeError(
                f"Trainer: optimizer is {optimizer!r} of another net, expected one "
                "made for net"
            )
        self.net = net
        self.criterion = criterion
        self.optimizer = optimizer
        self.batches = batches
        self.test = test
        self.batch_size = batch_size
        self.history = History()
        self._dtypes_seen = False

    def epoch(self):
        """Go through all minibatches once, in training mode, and return a `Record`.

        Raises
        ------
        Diverged
            If the cost is infinite or not a number. The step that it would have led
            to is not made, and the epoch is not recorded.
        ValueError
            If there is no minibatch.

        Warns
        -----
        UserWarning
            Once, if the data are not of the parameters' dtype: the wider one of the
            two is computed in, and time is lost on conversion.
        """
        start = time.perf_counter()
        self.net.training()
        tally = Tally()
        for x, target in self.batches:
            if not self._dtypes_seen:
                self._compare_dtypes(x)
            self._step(x, target, tally)
        if tally.samples == 0:
            raise ValueError(
                f"Trainer: batches are none in epoch {len(self.history) + 1}, expected "
                "at least one; a generator lasts for one epoch only"
            )
        cost, accuracy = tally.cost, tally.accuracy
        test_cost, test_accuracy = self.evaluate() if self.test else (None, None)
        seconds = time.perf_counter() - start
        record = Record(cost, accuracy, test_cost, test_accuracy, seconds)
        self.history.add(record)
        return record

    def evaluate(self, confusion=None):
        """Return cost and accuracy on the test set; see `evaluate`.

        Raises
        ------
        Diverged
            If the cost is infinite or not a number.
        """
        x, target = self.test
        cost, accuracy = evaluate(
            self.net, self.criterion, x, target, self.batch_size, confusion
        )
        return self._finite(cost, "test"), accuracy

    def _step(self, x, target, tally):
        y = self.net.forward(x)
        C = self._finite(self.criterion.forward(y, target), "training")
        tally.add(C, y, target)
        self.optimizer.zero_grad()
        dC_dy = self.criterion.backward(y, target)
        self.net.backprop(x, dC_dy, input_grad=False)
        self.optimizer.step()

    def _finite(self, C, which):
        if not math.isfinite(C):
            raise Diverged(
                f"the {which} cost is {C} in epoch {len(self.history) + 1}; "
                "a smaller learning rate may help"
            )
        return C

    def _compare_dtypes(self, x):
        self._dtypes_seen = True
        wanted = self.optimizer.w.dtype
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.dtype != wanted:
            warnings.warn(
                f"Trainer: x has dtype {x.dtype}, the parameters have {wanted}; "
                "net.astype() or x.astype() makes them one",
                stacklevel=3,
            )
