"""Extreme: the family of the largest or smallest along an axis."""

import operator

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.axes import axis_in
from nnmods.core.selection import Selecting


class ExtremeAlong(Selecting):
    """The extreme along an axis, which is left out; the first of several wins.

    A subclass names two functions of NumPy: the ufunc ``pick`` of two numbers, and
    ``arg``, which finds the place along an axis. Both treat NaN as the extreme.
    """

    pick = arg = None

    def __init__(self, axis, num_input_dims=0):
        super().__init__()
        self.axis = None if axis is None else operator.index(axis)
        self.num_input_dims = operator.index(num_input_dims or 0)

    def forward(self, x):
        axis, shape = self._along(x)
        self.y = reuse(self.y, shape, x, module=self)
        return self.pick.reduce(x, axis, out=self.y, keepdims=x.ndim == 1)

    def backward(self, x, dC_dy):
        axis, shape = self._along(x)
        check(self, "dC_dy", dC_dy, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        self.dC_dx.fill(0)
        kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        np.copyto(
            self.dC_dx.swapaxes(axis, -1),
            dC_dy.reshape(kept).swapaxes(axis, -1),
            where=self._first(x, axis),
        )
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        axis, shape = self._along(x)
        self._dy = reuse(self._dy, shape, x, dx, module=self)
        dx = dx.swapaxes(axis, -1)
        picked = self.work("picked", dx.shape, self._dy.dtype)
        picked.fill(0)
        np.copyto(picked, dx, where=self._first(x, axis))
        kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        out = self._dy.reshape(kept).swapaxes(axis, -1)[..., 0]
        np.add.reduce(picked, axis=-1, out=out)
        return self._dy

    def _along(self, x):
        """Return the axis, counted from 0 in full, and the shape of y."""
        check(self, "x", x, (...,))
        axis = 0 if self.axis is None else self.axis
        axis = axis_in(self, "x", x, axis, self.num_input_dims)
        if x.shape[axis] == 0:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected an axis {self.axis} "
                "of length 1 or more"
            )
        return axis, (*x.shape[:axis], *x.shape[axis + 1 :]) or (1,)

    def _first(self, x, axis):
        """Return the mask of the first extreme; the axis is swapped with the last."""
        moved = x.swapaxes(axis, -1)
        rows = self.work("rows", moved.shape, x.dtype)  # arg would make a copy itself
        rows[...] = moved
        place = self.work("place", moved.shape[:-1], np.intp)
        self.arg(rows, axis=-1, out=place)
        short = self.work("short", place.shape, np.int32)  # half the bytes to compare
        short[...] = place
        mask = self.work("mask", moved.shape, bool)
        along = np.arange(moved.shape[-1], dtype=np.int32)
        return np.equal(short[..., None], along, out=mask)

    def __repr__(self):
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"{type(self).__name__}({self.axis}{dims})"
