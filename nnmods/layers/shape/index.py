"""Index: places of an axis, chosen by an array."""

import operator

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.axes import axis_in
from nnmods.core.tables import check_like, check_table
from nnmods.layers.linear.indices import as_indices


class Index(LinearMap):
    """Pick the places of an axis that a second array names.

    ::

        x                          = [values, index]
        y[..., i, ...]             = values[..., index[i], ...]
        dC_dx[0][..., index[i], ...] += dC_dy[..., i, ...]      (from 0)
        dC_dx[1]                   = 0

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``x`` has not two entries, the second is not a vector of whole numbers from
        0 on, below the axis's length, or the first has no such axis; or if ``dC_dy`` is
        not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Index``.

    Examples
    --------
    >>> values, index = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0, 1])
    >>> Index(0)([values, index])
    array([[3., 4.],
           [1., 2.],
           [3., 4.]])
    """

    _results = (*LinearMap._results, "_zeros")
    _zeros = None

    def __init__(self, axis):
        super().__init__()
        self.axis = operator.index(axis)

    def forward(self, x):
        axis, index, shape = self._places(x)
        values = x[0]
        if values.dtype.kind != "f" or not values.flags.c_contiguous:
            # take would copy it at every call
            dtype = values.dtype if values.dtype.kind == "f" else self.dtype
            values = self.work("values", values.shape, dtype)
            np.copyto(values, x[0])
        self.y = reuse(self.y, shape, values, module=self)
        # in any other mode than clip take makes a copy of y
        return values.take(index, axis, out=self.y, mode="clip")

    def backward(self, x, dC_dy):
        axis, index, shape = self._places(x)
        check(self, "dC_dy", dC_dy, shape)
        values, zeros = self.dC_dx or (None, None)
        values = reuse(values, x[0].shape, x[0], dC_dy, module=self)
        zeros = reuse(zeros, index.shape, dC_dy, module=self)
        values.fill(0)
        zeros.fill(0)
        np.add.at(values.swapaxes(0, axis), index, dC_dy.swapaxes(0, axis))
        self.dC_dx = [values, zeros]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, [dx[0], x[1]])

    def _places(self, x):
        """Return the axis, the index as integers, and the shape of y."""
        check_table(self, "x", x, 2)
        check(self, "x[0]", x[0], (...,))
        check(self, "x[1]", x[1], (None,))
        axis = axis_in(self, "x[0]", x[0], self.axis)
        shape = x[0].shape
        index = self.work("index", x[1].shape, np.intp)
        as_indices(self, "x[1]", x[1], 0, shape[axis] - 1, index)
        return axis, index, (*shape[:axis], len(index), *shape[axis + 1 :])

    def __repr__(self):
        return f"Index({self.axis})"
