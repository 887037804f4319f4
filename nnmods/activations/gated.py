"""Gated: the family of y = a g(b), where a and b are the halves of x."""

import operator
from functools import partial

import numpy as np

from nnmods.activations.gated_curvature import GatedCurvature
from nnmods.activations.options import describe
from nnmods.core import Module, check, reuse
from nnmods.core.arrays import same_memory
from nnmods.core.axes import axis_in
from nnmods.kernels.pieces import entrywise


class Gated(GatedCurvature, Module):
    """The first half of x along an axis, times a function of the second half.

    ::

        a, b  = the halves of x
        y     = a * g(b)
        dC_da = g(b) * dC_dy
        dC_db = a * g'(b) * dC_dy
        dy    = g(b) * da + a * g'(b) * db

    A subclass writes ``g(b, out, work)``, ``dg(b, gate, out, work)`` and ``d2g(b, gate,
    out, work)``, all entry by entry, with scratch arrays from ``work`` alone.

    Parameters
    ----------
    axis : int or None, default=None
        Counts from 0, the batch axis too; negative ones count from the end. None is
        the last axis.

    Raises
    ------
    TypeError
        If ``axis`` is neither an integer nor None.
    ValueError
        If ``x`` has no such axis, or one of odd length; if ``dC_dy`` is not shaped
        like ``y``.
    """

    _results = (*Module._results, "_gate")
    _gate = None  # g(b) of the last forward

    def __init__(self, axis=None):
        super().__init__()
        try:
            self.axis = axis if axis is None else operator.index(axis)
        except TypeError:
            raise TypeError(
                f"{type(self).__name__}: axis has type {type(axis).__name__}, "
                "expected int or None"
            ) from None

    def g(self, b, out, work):
        """Write the gate, g(b), into ``out``."""
        raise NotImplementedError(f"{self!r}: g(b, out, work) is not written")

    def dg(self, b, gate, out, work):
        """Write its derivative, g'(b), where gate = g(b), into ``out``."""
        raise NotImplementedError(f"{self!r}: dg(b, gate, out, work) is not written")

    def d2g(self, b, gate, out, work):
        """Write its second derivative, g''(b), into ``out``."""
        raise NotImplementedError(f"{self!r}: d2g(b, gate, out, work) is not written")

    def forward(self, x):
        a, b = self._halves(x)
        self.y = reuse(self.y, a.shape, x, module=self)
        self._gate = reuse(self._gate, a.shape, x, module=self)
        self._x = None  # until y is complete
        self._apply(self._values, (a, b), (self._gate, self.y))
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        (a, b), gate = self._at(x)
        check(self, "dC_dy", dC_dy, a.shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, gate, dC_dy, x)
        self._apply(self._products, (a, b, gate, dC_dy), self._split(self.dC_dx))
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        (a, b), gate = self._at(x)
        self._dy = reuse(self._dy, a.shape, gate, dx, x)
        self._apply(self._sums, (a, b, gate, *self._split(dx)), (self._dy,))
        return self._dy

    def _apply(self, function, ins, outs):
        with np.errstate(over="ignore", invalid="ignore"):
            entrywise(lambda work: partial(function, work), ins, outs, self.work)

    def _values(self, work, a, b, gate, y):
        self.g(b, gate, work)
        np.multiply(a, gate, out=y)

    def _products(self, work, a, b, gate, dC_dy, dC_da, dC_db):
        self.dg(b, gate, dC_db, work)
        np.multiply(dC_db, a, out=dC_db)
        np.multiply(dC_db, dC_dy, out=dC_db)
        np.multiply(gate, dC_dy, out=dC_da)

    def _sums(self, work, a, b, gate, da, db, dy):
        share = work("share", b.shape, dy.dtype)
        self.dg(b, gate, dy, work)
        np.multiply(dy, a, out=dy)
        np.multiply(dy, db, out=dy)
        np.multiply(gate, da, out=share)
        np.add(dy, share, out=dy)

    def _at(self, x):
        """Return the halves of x, and the gate: that of the last forward of this x."""
        if self._x is None or not same_memory(x, self._x):
            self.forward(x)
        return self._split(x), self._gate

    def _halves(self, x):
        check(self, "x", x, (...,))
        axis = axis_in(self, "x", x, -1 if self.axis is None else self.axis)
        if x.shape[axis] % 2:
            raise ValueError(
                f"{self!r}: x has length {x.shape[axis]} along axis {axis}, expected "
                "an even one"
            )
        return self._split(x)

    def _split(self, x):
        axis = -1 if self.axis is None else self.axis
        before, half = (slice(None),) * (axis % x.ndim), x.shape[axis] // 2
        return x[(*before, slice(half))], x[(*before, slice(half, None))]

    def __repr__(self):
        return describe(self, axis=None)
