"""Summing: the family of sums and means along an axis."""

import operator

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.axes import axis_in


class SummingAlong(LinearMap):
    """The sum along an axis, over its length with ``size_average``."""

    def __init__(self, axis, num_input_dims, size_average, squeeze):
        super().__init__()
        self.axis = operator.index(0 if axis is None else axis)
        self.num_input_dims = operator.index(num_input_dims or 0)
        self.size_average = bool(size_average)
        self.squeeze = squeeze

    def forward(self, x):
        axis, kept, shape = self._along(x)
        self.y = y = reuse(self.y, shape, x, module=self)
        np.add.reduce(
            x, axis, dtype=y.dtype, out=y.reshape(kept), keepdims=True
        )  # of integers too in the dtype of y
        if self.size_average:
            np.divide(y, x.shape[axis], out=y)
        return y

    def backward(self, x, dC_dy):
        axis, kept, shape = self._along(x)
        check(self, "dC_dy", dC_dy, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        dC_dy = dC_dy.reshape(kept)
        if self.size_average:
            return np.divide(dC_dy, x.shape[axis], out=self.dC_dx)
        np.copyto(self.dC_dx, dC_dy)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        out = super().backward_diag_hessian(x, d2C_dy2)
        if self.size_average:  # once more: the entries of the Jacobian are 1 / n
            np.divide(out, x.shape[self._along(x)[0]], out=out)
        return out

    def _along(self, x):
        """Return the axis, and the shape of y with and without it."""
        check(self, "x", x, (...,))
        axis = axis_in(self, "x", x, self.axis, self.num_input_dims)
        if self.size_average and x.shape[axis] == 0:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected an axis {self.axis} "
                "of length 1 or more"
            )
        before, after = x.shape[:axis], x.shape[axis + 1 :]
        kept = (*before, 1, *after)
        return axis, kept, kept if not self.squeeze or x.ndim == 1 else before + after

    def _shown(self):
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"{self.axis}{dims}"
