"""SplitTable: the slices of an array along an axis, as a table."""

from operator import index

from nnmods.core import LinearMap, check, reuse
from nnmods.core.axes import axis_in
from nnmods.core.tables import check_like, check_table


class SplitTable(LinearMap):
    """Split an array along an axis into a table of its slices.

    ::

        y[i]          = x[..., i, ...]          (a view of x; the axis is left out)
        dC_dx[..i..]  = dC_dy[i]

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or ``dC_dy`` has not an entry for each slice, shaped
        like it.

    References
    ----------
    Torch7, ``nn.SplitTable``.

    Examples
    --------
    >>> import numpy as np
    >>> SplitTable(1)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    [array([1., 3.]), array([2., 4.])]
    """

    def __init__(self, axis, num_input_dims=0):
        super().__init__()
        self.axis = index(axis)
        self.num_input_dims = index(num_input_dims or 0)

    def forward(self, x):
        self.y = self._slices(x, self._axis(x))
        return self.y

    def backward(self, x, dC_dy):
        axis = self._axis(x)
        check_table(self, "dC_dy", dC_dy, x.shape[axis])
        shape = (*x.shape[:axis], *x.shape[axis + 1 :])
        for i, entry in enumerate(dC_dy):
            check(self, f"dC_dy[{i}]", entry, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, *dC_dy, module=self)
        for part, entry in zip(self._slices(self.dC_dx, axis), dC_dy, strict=True):
            part[...] = entry
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _axis(self, x):
        check(self, "x", x, (...,))
        return axis_in(self, "x", x, self.axis, self.num_input_dims)

    def _slices(self, x, axis):
        before = (slice(None),) * axis
        return [x[(*before, i, ...)] for i in range(x.shape[axis])]

    def __repr__(self):
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"SplitTable({self.axis}{dims})"
