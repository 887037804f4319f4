"""Stepping: from a minibatch to a step of the optimiser."""

import math
from numbers import Real

import numpy as np

from nnmods import optim
from nnmods.training.batching import samples_in
from nnmods.training.blame import Diverged, blame_backward, blame_forward, is_finite


class Stepper:
    """Steps of an optimiser down the gradient of a criterion's cost.

    Parameters
    ----------
    net, criterion, optimizer : Module, Criterion, Optimizer
    accumulate : int
        How many minibatches lead to one step.
    max_norm, max_value : float or None
        Bounds for the gradient: its norm, and each of its entries.

    Attributes
    ----------
    waiting : int
        Minibatches whose gradient is in ``dC_dw``, but not yet in ``w``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(self, net, criterion, optimizer, accumulate, max_norm, max_value):
        check_net("optimizer", optimizer, net)
        if not isinstance(accumulate, (int, np.integer)) or accumulate < 1:
            raise ValueError(
                f"Trainer: accumulate has value {accumulate!r}, expected 1 or more"
            )
        if accumulate > 1 and optimizer.needs_fun:
            raise ValueError(
                f"Trainer: accumulate has value {accumulate}, expected 1, as "
                f"{type(optimizer).__name__} evaluates the cost itself"
            )
        for name, limit in (("clip_norm", max_norm), ("clip_value", max_value)):
            if limit is not None and not (isinstance(limit, Real) and limit > 0):
                raise ValueError(
                    f"Trainer: {name} has value {limit!r}, expected a number above 0"
                )
        self.net, self.criterion, self.optimizer = net, criterion, optimizer
        self.accumulate = int(accumulate)
        self.max_norm, self.max_value = max_norm, max_value
        self.waiting = self._samples = 0

    def take(self, x, target, tally):
        """Take a minibatch; return whether that led to a step.

        Raises
        ------
        Diverged
            If the cost, or its gradient, is not finite; no step is made of it.
        """
        if self.optimizer.needs_fun:
            self._search(x, target, tally)
            return True
        scale = samples_in(target) if self.accumulate > 1 else 1
        dC_dy = self._cost(x, target, tally)
        if not self.waiting:
            self.optimizer.zero_grad()
        self.net.backprop(x, dC_dy, float(scale), input_grad=False)
        self._samples += scale
        self.waiting += 1
        if self.waiting < self.accumulate:
            self._check(x, target)  # later, this batch would not be at hand
            return False
        self.finish(x, target)
        return True

    def finish(self, x=None, target=None):
        """Make the step that the minibatches taken so far lead to."""
        if self.accumulate > 1:
            dC_dw = self.optimizer.dC_dw
            np.multiply(dC_dw, 1 / self._samples, out=dC_dw)
        self.drop()
        if x is not None:
            self._check(x, target)
        self._clip()
        self.optimizer.step()

    def drop(self):
        """Forget the minibatches that have not led to a step."""
        self.waiting = self._samples = 0

    def _cost(self, x, target, tally):
        """Return dC_dy, when the cost is counted."""
        y = self.net.forward(x)
        C = self.criterion.forward(y, target)
        if not math.isfinite(C):
            raise Diverged(f"the cost is {C}: {blame_forward(self.net, x, y)}")
        tally.add(C, y, target)
        return self.criterion.backward(y, target)

    def _search(self, x, target, tally):
        """Let the optimiser evaluate the cost of one minibatch where it wants to."""
        costs = []

        def fun():
            y = self.net.forward(x)
            C = self.criterion.forward(y, target)
            if not costs:  # of the w before the step; elsewhere a search may try much
                if not math.isfinite(C):
                    raise Diverged(f"the cost is {C}: {blame_forward(self.net, x, y)}")
                tally.add(C, y, target)
            costs.append(C)
            self.optimizer.zero_grad()
            dC_dy = self.criterion.backward(y, target)
            self.net.backprop(x, dC_dy, input_grad=False)
            self._clip()
            return C

        self.optimizer.step(fun)

    def _check(self, x, target):
        """Raise unless the gradient is finite."""
        dC_dw = self.optimizer.dC_dw
        # a sum of squares takes one quick pass, and is finite unless it overflows
        with np.errstate(all="ignore"):
            squares = np.dot(dC_dw, dC_dw)
        if not math.isfinite(squares) and not is_finite(dC_dw):
            raise Diverged(
                "the gradient is not finite: "
                f"{blame_backward(self.net, self.criterion, x, target)}"
            )

    def _clip(self):
        if self.max_value is not None:
            optim.clip_value(self.optimizer.dC_dw, self.max_value)
        if self.max_norm is not None:
            optim.clip_norm(self.optimizer.dC_dw, self.max_norm)


def check_net(name, value, net):
    """Raise unless an optimiser or an average is of this net, or of vectors."""
    if value.net is not None and value.net is not net:
        raise TypeError(
            f"Trainer: {name} is {value!r} of another net, expected one made for net"
        )
