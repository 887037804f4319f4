"""SelectTable: one entry of a table."""

import operator

from nnmods.core.tables import check_like, check_table
from nnmods.layers.table.picking import Picking


class SelectTable(Picking):
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

    References
    ----------
    Torch7, ``nn.SelectTable``.

    Examples
    --------
    >>> import numpy as np
    >>> pick, x = SelectTable(-1), [np.ones(2), np.array([3.0])]
    >>> pick(x), pick.backward(x, np.array([5.0]))
    (array([3.]), [array([0., 0.]), array([5.])])
    """

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
        check_like(self, "x", x, x)
        check_like(self, "dC_dy", dC_dy, x[place])
        zeros = self.zeros_like([*x[:place], *x[place + 1 :]])
        self.dC_dx = [*zeros[:place], dC_dy, *zeros[place:]]
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
