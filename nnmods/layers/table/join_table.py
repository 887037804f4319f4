"""JoinTable: the entries of a table, one after another along an axis."""

from operator import index

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.axes import axis_in
from nnmods.core.tables import check_like, check_table


class JoinTable(LinearMap):
    """Join the arrays of a table along an axis.

    ::

        y        = np.concatenate(x, axis)
        dC_dx[i] = the part of dC_dy where x[i] stands in y   (a view of dC_dy)

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: arrays with one axis
        more are batches, and joined along the next axis.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, has no such axis, or its arrays differ in other lengths
        than along the axis; or if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.JoinTable``.

    Examples
    --------
    >>> JoinTable(1)([np.ones((5, 2)), np.ones((5, 3))]).shape
    (5, 5)
    """

    def __init__(self, axis, num_input_dims=0):
        super().__init__()
        self.axis = index(axis)
        self.num_input_dims = index(num_input_dims or 0)

    def forward(self, x):
        axis, shape = self._check(x)
        self.y = reuse(self.y, shape, *x, module=self)
        return np.concatenate(x, axis, out=self.y)

    def backward(self, x, dC_dy):
        axis, shape = self._check(x)
        check(self, "dC_dy", dC_dy, shape)
        before, start, parts = (slice(None),) * axis, 0, []
        for entry in x:
            stop = start + entry.shape[axis]
            parts.append(dC_dy[(*before, slice(start, stop))])
            start = stop
        self.dC_dx = parts
        return parts

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _check(self, x):
        """Return the axis, counted from 0 in full, and the shape of y."""
        check_table(self, "x", x)
        if not x:
            raise ValueError(f"{self!r}: x has 0 entries, expected at least 1")
        check(self, "x[0]", x[0], (...,))
        axis = axis_in(self, "x[0]", x[0], self.axis, self.num_input_dims)
        before, after = x[0].shape[:axis], x[0].shape[axis + 1 :]
        length = x[0].shape[axis]
        for i in range(1, len(x)):
            check(self, f"x[{i}]", x[i], (*before, None, *after))
            length += x[i].shape[axis]
        return axis, (*before, length, *after)

    def __repr__(self):
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"JoinTable({self.axis}{dims})"
