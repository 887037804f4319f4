"""PairCriterion: the family of costs of two arrays of one shape."""

import numpy as np

from nnmods.core import Criterion, check
from nnmods.core.dtypes import promote
from nnmods.core.tables import check_table, reuse_table


class PairCriterion(Criterion):
    """A cost of a table of two arrays a and b, of one shape.

    A subclass writes ``_cost(a, b, target)``, which returns C, and
    ``_gradient(a, b, target, dC_da, dC_db)``, which writes to the last two; and
    ``_compared(a, b, target)``, which returns the target once it is checked.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If it has other than 2 entries, or their shapes differ.
    """

    def forward(self, y, target):
        a, b = self._pair(y)
        self.C = self._cost(a, b, self._compared(a, b, target))
        return self.C

    def backward(self, y, target):
        a, b = self._pair(y)
        target = self._compared(a, b, target)
        self.dC_dy = reuse_table(self.dC_dy, self, [a, b])
        self._gradient(a, b, target, *self.dC_dy)
        return self.dC_dy

    def _compared(self, a, b, target):
        raise NotImplementedError(f"{self!r}: _compared(a, b, target) is not written")

    def _cost(self, a, b, target):
        raise NotImplementedError(f"{self!r}: _cost(a, b, target) is not written")

    def _gradient(self, a, b, target, dC_da, dC_db):
        raise NotImplementedError(f"{self!r}: _gradient is not written")

    def _pair(self, y):
        """Return the two arrays, once checked."""
        check_table(self, "y", y, 2)
        check(self, "y[0]", y[0], (...,))
        check(self, "y[1]", y[1], y[0].shape)
        return y

    def _difference(self, a, b):
        """Return a - b, in scratch memory."""
        out = self.work("difference", a.shape, promote(self, (a, b)))
        return np.subtract(a, b, out=out, dtype=out.dtype)
