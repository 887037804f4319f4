"""Max: the largest entry, of a table or along an axis."""

import operator

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.tables import check_equal_shapes, check_like
from nnmods.layers.table.winners import first_winners, largest, last_winners


class Max(Module):
    """Largest entry by entry of a table, or the largest along an axis.

    ::

        Max():      y        = max(x[0], x[1], ...)
                    dC_dx[i] = dC_dy where x[i] is the largest, else 0
        Max(axis):  y        = max(x, axis)
                    dC_dx    = dC_dy where x is the largest along the axis, else 0

    Just one of several equal entries gets the gradient. In a table it is the last: the
    lecture picks X1 only where X1 > X2. Along an axis it is the first, as in Torch7. A
    NaN is larger than any number.

    Parameters
    ----------
    axis : int or None, default=None
        None is the form for tables. Otherwise it counts from 0, the batch axis too,
        and negative ones count from the end. The axis is left out of y, except that of
        a 1-d array: y then has the shape (1,).
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays, or with an axis not an array.
    ValueError
        If the arrays of a table differ in shape or there are none; if ``x`` has no such
        axis, or one of length 0; if ``dC_dy`` is not shaped like ``y``.

    Examples
    --------
    >>> x = [np.array([1.0, 5.0, 2.0]), np.array([4.0, 3.0, 2.0])]
    >>> Max()(x)
    array([4., 5., 2.])
    >>> Max().backward(x, np.array([10.0, 20.0, 30.0]))
    [array([ 0., 20.,  0.]), array([10.,  0., 30.])]
    >>> Max(1)(np.array([[1.0, 5.0], [3.0, 3.0]]))
    array([5., 3.])
    """

    def __init__(self, axis=None, num_input_dims=0):
        super().__init__()
        self.axis = None if axis is None else operator.index(axis)
        self.num_input_dims = operator.index(num_input_dims)

    def forward(self, x):
        if self.axis is None:
            self.y = reuse(self.y, check_equal_shapes(self, x), *x, module=self)
            return largest(x, self.y)
        axis, shape = self._along(x)
        self.y = reuse(self.y, shape, x, module=self)
        return np.maximum.reduce(x, axis, out=self.y, keepdims=x.ndim == 1)

    def backward(self, x, dC_dy):
        if self.axis is None:
            check(self, "dC_dy", dC_dy, check_equal_shapes(self, x))
            old = self.dC_dx if self.dC_dx and len(self.dC_dx) == len(x) else ()
            old = old or [None] * len(x)
            self.dC_dx = [reuse(d, dC_dy.shape, dC_dy, *x, module=self) for d in old]
            for i, winner in last_winners(x, self.work):
                self.dC_dx[i].fill(0)
                np.copyto(self.dC_dx[i], dC_dy, where=winner)
            return self.dC_dx
        axis, shape = self._along(x)
        check(self, "dC_dy", dC_dy, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        self.dC_dx.fill(0)
        kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        np.copyto(
            self.dC_dx.swapaxes(axis, -1),
            dC_dy.reshape(kept).swapaxes(axis, -1),
            where=first_winners(x, axis, self.work),
        )
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        if self.axis is None:
            shape = check_equal_shapes(self, x)
            self._dy = reuse(self._dy, shape, *dx, *x, module=self)
            for i, winner in last_winners(x, self.work):
                np.copyto(self._dy, dx[i], where=winner)
            return self._dy
        axis, shape = self._along(x)
        self._dy = reuse(self._dy, shape, x, dx, module=self)
        dx = dx.swapaxes(axis, -1)
        picked = self.work("picked", dx.shape, self._dy.dtype)
        picked.fill(0)
        np.copyto(picked, dx, where=first_winners(x, axis, self.work))
        kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        out = self._dy.reshape(kept).swapaxes(axis, -1)[..., 0]
        np.add.reduce(picked, axis=-1, out=out)
        return self._dy

    def _along(self, x):
        """Return the axis, counted from 0 in full, and the shape of y."""
        check(self, "x", x, (...,))
        axis = self.axis
        if axis < 0:
            axis += x.ndim
        elif self.num_input_dims and x.ndim == self.num_input_dims + 1:
            axis += 1
        if not 0 <= axis < x.ndim or x.shape[axis] == 0:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected an axis {self.axis} "
                "of length 1 or more"
            )
        return axis, (*x.shape[:axis], *x.shape[axis + 1 :]) or (1,)

    def __repr__(self):
        if self.axis is None:
            return "Max()"
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"Max({self.axis}{dims})"
