"""SelectTable: one entry of a table."""

import operator

from nnmods.core import LinearMap
from nnmods.core.tables import check_like, check_table, map_table, reuse_table


class SelectTable(LinearMap):
    """Pick one entry of a table.

    ::

        y        = x[index]                     (the entry itself, array or table)
        dC_dx[i] = dC_dy if i = index, else 0

    Parameters
    ----------
    index : int
        Counts from 0; negative ones count from the end.

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``x`` has no such entry, or ``dC_dy`` is not shaped like it.

    Examples
    --------
    >>> import numpy as np
    >>> pick, x = SelectTable(-1), [np.ones(2), np.array([3.0])]
    >>> pick(x), pick.backward(x, np.array([5.0]))
    (array([3.]), [array([0., 0.]), array([5.])])
    """

    _results = (*LinearMap._results, "_zeros")
    _zeros = None

    def __init__(self, index):
        super().__init__()
        self.index = operator.index(index)

    def forward(self, x):
        place = self._place(x)
        check_like(self, f"x[{place}]", x[place], x[place])
        self.y = x[place]
        return self.y

    def backward(self, x, dC_dy):
        place = self._place(x)
        check_like(self, "dC_dy", dC_dy, x[place])
        others = [*x[:place], *x[place + 1 :]]
        self._zeros = reuse_table(self._zeros, self, others)
        # each time, lest somebody wrote to the last result
        map_table(lambda array: array.fill(0), self._zeros)
        self.dC_dx = [*self._zeros[:place], dC_dy, *self._zeros[place:]]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _place(self, x):
        """Return the index counted from 0."""
        check_table(self, "x", x)
        if not -len(x) <= self.index < len(x):
            raise ValueError(
                f"{self!r}: x has {len(x)} entries, expected an entry {self.index}"
            )
        return self.index % len(x)

    def __repr__(self):
        return f"SelectTable({self.index})"
