"""Duplicate: one input, several equal outputs."""

from operator import index

from nnmods.core import LinearMap
from nnmods.core.tables import check_like, check_table, summed


class Duplicate(LinearMap):
    """Make a table of equal outputs: the lecture's Y-splitter.

    ::

        y     = [x, x, ...]                     (n times)
        dC_dx = dC_dy[0] + dC_dy[1] + ...

    The entries of y are x itself, not copies; x may be a table.

    Parameters
    ----------
    n : int, default=2
        How many outputs.

    Raises
    ------
    ValueError
        If ``n`` is less than 1, or ``dC_dy`` is not a table of n entries shaped like
        ``x``.

    Examples
    --------
    >>> import numpy as np
    >>> branch = Duplicate()
    >>> branch.backward(np.ones(2), [np.array([1.0, 2.0]), np.array([5.0, 5.0])])
    array([6., 7.])
    """

    def __init__(self, n=2):
        super().__init__()
        if index(n) < 1:
            raise ValueError(f"Duplicate: n is {n}, expected at least 1")
        self.n = index(n)

    def forward(self, x):
        check_like(self, "x", x, x)
        self.y = [x] * self.n
        return self.y

    def backward(self, x, dC_dy):
        check_table(self, "dC_dy", dC_dy, self.n)
        for i, entry in enumerate(dC_dy):
            check_like(self, f"dC_dy[{i}]", entry, x)
        self.dC_dx = summed(self, self.dC_dx, dC_dy)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def __repr__(self):
        return f"Duplicate({'' if self.n == 2 else self.n})"
