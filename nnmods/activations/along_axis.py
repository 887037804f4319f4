"""AlongAxis: the family of the softmaxes, which normalise along one axis."""

import operator

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.arrays import same_memory

#: Torch7's axis by the number of axes: (C,), (N, C), (C, H, W), (N, C, H, W).
AXES = {1: 0, 2: 1, 3: 0, 4: 1}


class AlongAxis(Module):
    """A function of each row of x along one axis, whose Jacobian y alone determines.

    A subclass writes ``f(x, axis, out)``, the transposed Jacobian product
    ``vjp(y, dC_dy, axis, out)`` and the plain one, ``tangent(y, dx, axis, out)``; for
    second derivatives ``turn``, ``squares`` and ``own``.

    Parameters
    ----------
    axis : int or None, default=None
        The axis, negative from the end. None takes Torch7's: the only one of (C,),
        the second of (N, C) and (N, C, H, W), the first of (C, H, W).

    Raises
    ------
    TypeError
        If ``axis`` is neither an integer nor None.
    ValueError
        If ``x`` has no such axis, or without ``axis`` other than 1 to 4 axes; if
        ``dC_dy`` is not shaped like ``x``.
    """

    def __init__(self, axis=None):
        super().__init__()
        try:
            self.axis = axis if axis is None else operator.index(axis)
        except TypeError:
            raise TypeError(
                f"{type(self).__name__}: axis has type {type(axis).__name__}, "
                "expected int or None"
            ) from None

    def f(self, x, axis, out):
        """Write y into ``out``."""
        raise NotImplementedError(f"{self!r}: f(x, axis, out) is not written")

    def vjp(self, y, dC_dy, axis, out):
        """Write J^T dC_dy, where J is the Jacobian at y, into ``out``."""
        raise NotImplementedError(f"{self!r}: vjp(y, dC_dy, axis, out) is not written")

    def tangent(self, y, dx, axis, out):
        """Write J dx into ``out``."""
        raise NotImplementedError(f"{self!r}: tangent(y, dx, axis, out) is not written")

    def turn(self, y, dC_dy, dx, axis, out):
        """Write how ``vjp`` changes along dx while dC_dy stays into ``out``."""
        raise NotImplementedError(
            f"{self!r}: turn(y, dC_dy, dx, axis, out) is not written"
        )

    def squares(self, y, d2C_dy2, axis, out):
        """Write (J * J)^T d2C_dy2 into ``out``: a product with squared entries."""
        raise NotImplementedError(
            f"{self!r}: squares(y, d2C_dy2, axis, out) is not written"
        )

    def own(self, y, dC_dy, axis, out):
        """Write the diagonal of the Hessian of <dC_dy, y> by x into ``out``."""
        raise NotImplementedError(f"{self!r}: own(y, dC_dy, axis, out) is not written")

    def forward(self, x):
        check(self, "x", x, (...,))
        axis = self._axis_of(x)
        self.y = reuse(self.y, x.shape, x, module=self)
        self._x = None  # until y is complete
        if x.size:  # an empty row has no maximum
            self.f(self._real(x), axis, self.y)
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        self.dC_dx = self._product("dC_dy", self.vjp, self.dC_dx, x, dC_dy)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        self._dy = self._product("dx", self.tangent, self._dy, x, dx)
        return self._dy

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check(self, "dC_dy", dC_dy, x.shape)

        def turn(y, dx, axis, out):
            self.turn(y, dC_dy, dx, axis, out)

        out = self.work("ddC_dx", x.shape, self._output(x).dtype)
        return self._product("dx", turn, out, x, dx)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._d2C_dx2 = total = self._product(
            "d2C_dy2", self.squares, self._d2C_dx2, x, d2C_dy2
        )
        if dC_dy is not None:
            part = self.work("part of d2C_dx2", x.shape, total.dtype)
            part = self._product("dC_dy", self.own, part, x, dC_dy)
            np.add(total, part, out=total)
        return total

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _product(self, name, product, buffer, x, direction):
        y = self._output(x)
        check(self, name, direction, x.shape)
        out = reuse(buffer, x.shape, y, direction)
        if x.size:
            product(y, direction, self._axis_of(x), out)
        return out

    def _output(self, x):
        """Return y: that of the last forward, if it was of this x."""
        if self._x is None or not same_memory(x, self._x):
            self.forward(x)
        return self.y

    def _sum(self, name, x, axis):
        """Return the sums of x along the axis, which stays, in scratch memory."""
        shape = list(x.shape)
        shape[axis] = 1
        out = self.work(name, tuple(shape), np.result_type(x, self.y))
        return np.add.reduce(x, axis=axis, out=out, keepdims=True)

    def _real(self, x):
        """Return x, integers in the dtype of y: their differences could wrap."""
        if x.dtype.kind == "f":
            return x
        real = self.work("x", x.shape, self.y.dtype)
        real[...] = x
        return real

    def _axis_of(self, x):
        axis = AXES.get(x.ndim) if self.axis is None else self.axis
        if axis is None:
            raise ValueError(
                f"{self!r}: x has {x.ndim} axes, expected 1 to 4; axis= takes others"
            )
        if not -x.ndim <= axis < x.ndim:
            raise ValueError(
                f"{self!r}: x has {x.ndim} axes, expected more, to have axis {axis}"
            )
        return axis

    def __repr__(self):
        return f"{type(self).__name__}({'' if self.axis is None else self.axis})"
