"""Duplicate: one input, several equal outputs."""

from operator import index

import numpy as np

from nnmods.core import LinearMap, reuse
from nnmods.core.tables import check_table, is_table
from nnmods.layers.like import check_like


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
        self.dC_dx = self._sum(self.dC_dx, dC_dy)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _sum(self, total, terms):
        """Return the sum of arrays or of tables alike, in ``total`` where it fits."""
        if is_table(terms[0]):
            if not is_table(total) or len(total) != len(terms[0]):
                total = [None] * len(terms[0])
            entries = zip(*terms, strict=True)
            return [self._sum(t, e) for t, e in zip(total, entries, strict=True)]
        if is_table(total):
            total = None
        total = reuse(total, terms[0].shape, *terms, module=self)
        if self.n == 1:
            total[...] = terms[0]
            return total
        np.add(terms[0], terms[1], out=total)
        for term in terms[2:]:
            np.add(total, term, out=total)
        return total

    def __repr__(self):
        return f"Duplicate({'' if self.n == 2 else self.n})"
