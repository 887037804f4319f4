"""NarrowTable: some successive entries of a table."""

from operator import index

from nnmods.core.arrays import as_size
from nnmods.core.tables import check_like, check_table
from nnmods.layers.table.picking import Picking


class NarrowTable(Picking):
    """Pick successive entries of a table.

    ::

        y        = x[offset : offset + length]  (the entries themselves)
        dC_dx[i] = dC_dy[i - offset] where x[i] was picked, else 0

    As in a slice, entries that x does not have are left out.

    Parameters
    ----------
    offset : int
        Of the first entry, counted from 0.
    length : int, default=1
        How many entries; less than 1 gives an empty table.

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``offset`` is negative, or ``dC_dy`` is not a table like ``y``.

    References
    ----------
    Torch7, ``nn.NarrowTable``.

    Examples
    --------
    >>> import numpy as np
    >>> pick, x = NarrowTable(1, 2), [np.ones(2), np.ones(1), np.zeros(1)]
    >>> pick(x)
    [array([1.]), array([0.])]
    >>> pick.backward(x, [np.array([5.0]), np.array([6.0])])
    [array([0., 0.]), array([5.]), array([6.])]
    """

    def __init__(self, offset, length=1):
        super().__init__()
        self.offset = as_size("NarrowTable", "offset", offset)
        self.length = index(1 if length is None else length)

    def forward(self, x):
        self.y = list(x[self._slice(x)])
        check_like(self, "y", self.y, self.y)
        return self.y

    def backward(self, x, dC_dy):
        part = self._slice(x)
        check_like(self, "x", x, x)
        check_like(self, "dC_dy", dC_dy, x[part])
        zeros = self.zeros_like([*x[: part.start], *x[part.stop :]])
        self.dC_dx = [*zeros[: part.start], *dC_dy, *zeros[part.start :]]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _slice(self, x):
        check_table(self, "x", x)
        start = min(self.offset, len(x))
        return slice(start, max(start, min(start + self.length, len(x))))

    def __repr__(self):
        length = f", {self.length}" if self.length != 1 else ""
        return f"NarrowTable({self.offset}{length})"
