"""Recurrent: a plain recurrent net, made of the modules that are its parts."""

import contextlib

from nnmods.core import Container, check
from nnmods.core.recurrent_step import RecurrentStep
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, summed


class Recurrent(RecurrentStep, Container):
    """One step of a plain recurrent net, which carries its result to the next.

    ::

        y = transfer(start(input(x)))                         in the first step
        y = transfer(merge([input(x), feedback(y')]))         in all others

    where y' is the result of the step before. In a `Sequencer` gradients flow back
    through all steps; called by itself, each call is the step after the last one, up to
    `forget`, and y' is a constant.

    Parameters
    ----------
    start, input, feedback, transfer : Module
        Such as CAdd(n), Linear(m, n), Linear(n, n) and Tanh(): y is an array.
    merge : Module, default=None
        Of a table of two; None adds them up.

    Raises
    ------
    ValueError
        If the results of input and feedback are added, and shaped differently.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: the result of the last call.

    References
    ----------
    Torch7, ``nn.Recurrent`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import Tanh
    >>> from nnmods.layers import CAdd, Linear
    >>> net = Recurrent(CAdd(2), Linear(3, 2), Linear(2, 2), Tanh())
    >>> first, second = net(np.ones((5, 3))), net(np.ones((5, 3)))
    >>> np.array_equal(first, second)
    False
    """

    _results = (*Container._results, *RecurrentStep._results, "_total", "_sum", "_dsum")
    _total = _sum = _dsum = None
    _slot = "grad"  # of a Carry, what the sweep back hands on

    def __init__(self, start, input, feedback, transfer, merge=None):
        parts = [start, input, feedback, transfer]
        super().__init__(*parts, *([] if merge is None else [merge]))

    def push(self, x, visit):
        running = self._x is None  # otherwise x is a direction, of jvp
        if running:
            before = self.entering()
        else:
            before = self._tangent_before()
        y = visit(1, x)
        if before is None:
            y = visit(0, y)
        else:
            both = [y, visit(2, before[0])]
            y = self._added(both, running) if len(self) == 4 else visit(4, both)
        y = visit(3, y)
        if running:
            self._left = self.after.value = [y]
        else:
            self.after.tangent = [y]
        return y

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        from_after = getattr(self.after, self._slot)
        if from_after is not None:
            terms = [dC_dy, *from_after]
            dC_dy = self._total = summed(self, self._total, terms)
        dC_dy = visit(3, dC_dy)
        if self.before.value is None:
            return visit(1, visit(0, dC_dy), input_grad)
        first, second = [dC_dy, dC_dy] if len(self) == 4 else visit(4, dC_dy)
        setattr(self.before, self._slot, [visit(2, second)])
        return visit(1, first, input_grad)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        with self._handing_on("grad_tangent"):
            return super().backprop_jvp(x, dC_dy, dx, ddC_dy, dparams, scale)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        with self._handing_on("curvature"):
            return super().backward_diag_hessian(x, d2C_dy2, dC_dy)

    @contextlib.contextmanager
    def _handing_on(self, slot):
        self._slot = slot
        try:
            yield
        finally:
            del self._slot

    def sketch(self):
        joint = "+" if len(self) == 4 else 4
        first, later = ("first step", (), True), ("later steps", (), True)
        links = [("x", 1), (1, 0, *first), ("y before", 2), (1, joint), (2, joint)]
        return Sketch([*links, (0, 3, *first), (joint, 3, *later), (3, "y")])

    def _added(self, both, running):
        check(self, "y of module 2", both[1], both[0].shape)  # no broadcasting
        if running:
            self._sum = summed(self, self._sum, both)
            return self._sum
        self._dsum = summed(self, self._dsum, both)
        return self._dsum

    def _tangent_before(self):
        """Return the tangent of what the step before left, None if there was none."""
        before = self.before
        if before.value is None or before.tangent is not None:
            return before.tangent
        (value,) = before.value
        return [self.work("no tangent", value.shape, value.dtype, fill=0)]
