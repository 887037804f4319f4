"""ZipTable: a table of tables, the other way round."""

from nnmods.core import LinearMap
from nnmods.core.tables import check_like, check_table


class ZipTable(LinearMap):
    """Transpose a table of tables: x[i][j] becomes y[j][i].

    ::

        x           = [[a0, a1], [b0, b1], [c0, c1]]
        y           = [[a0, b0, c0], [a1, b1, c1]]       (the entries themselves)
        dC_dx[j][i] = dC_dy[i][j]

    Raises
    ------
    TypeError
        If ``x`` is not a table of tables.
    ValueError
        If these differ in length, or ``dC_dy`` is not a table like ``y``.

    References
    ----------
    Torch7, ``nn.ZipTable``.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = [np.array([1.0]), np.array([2.0])], [np.array([3.0]), np.array([4.0])]
    >>> ZipTable()([a, b])
    [[array([1.]), array([3.])], [array([2.]), array([4.])]]
    """

    def forward(self, x):
        self.y = self._zipped(x)
        return self.y

    def backward(self, x, dC_dy):
        check_like(self, "dC_dy", dC_dy, self._zipped(x))
        self.dC_dx = [
            [entries[j] for entries in dC_dy]
            for j in range(len(x))  # zip would lose them where dC_dy is empty
        ]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _zipped(self, x):
        check_table(self, "x", x)
        for j, entries in enumerate(x):
            length = len(x[0]) if j else None
            check_table(self, f"x[{j}]", entries, length)
        check_like(self, "x", x, x)
        return [list(entries) for entries in zip(*x, strict=True)]
