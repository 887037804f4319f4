"""PairCriterion: the family of costs of two arrays of one shape."""

import numpy as np

from nnmods.core import Criterion, check
from nnmods.core.dtypes import promote
from nnmods.core.tables import check_like, check_table, reuse_table


class PairCriterion(Criterion):
    """A cost of a table of two arrays a and b, of one shape.

    A subclass writes ``_cost(a, b, target)``, which returns C, and
    ``_gradient(a, b, target, dC_da, dC_db)``, which writes to the last two; likewise
    ``_turn(a, b, target, da, db, ddC_da, ddC_db)`` for `hvp` and
    ``_diagonal(a, b, target, d2C_da2, d2C_db2)``, or ``curved = False``; and
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

    def hvp(self, y, target, dy):
        if not self.curved:
            return super().hvp(y, target, dy)
        a, b = self._pair(y)
        target = self._compared(a, b, target)
        check_like(self, "dy", dy, y)
        self._ddC_dy = reuse_table(self._ddC_dy, self, [a, b], dy)
        self._turn(a, b, target, *dy, *self._ddC_dy)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        if not self.curved:
            return super().diag_hessian(y, target)
        a, b = self._pair(y)
        target = self._compared(a, b, target)
        self._d2C_dy2 = reuse_table(self._d2C_dy2, self, [a, b])
        self._diagonal(a, b, target, *self._d2C_dy2)
        return self._d2C_dy2

    def _compared(self, a, b, target):
        raise NotImplementedError(f"{self!r}: _compared(a, b, target) is not written")

    def _cost(self, a, b, target):
        raise NotImplementedError(f"{self!r}: _cost(a, b, target) is not written")

    def _gradient(self, a, b, target, dC_da, dC_db):
        raise NotImplementedError(f"{self!r}: _gradient is not written")

    def _turn(self, a, b, target, da, db, ddC_da, ddC_db):
        raise NotImplementedError(
            f"{self!r}: _turn is not written; second derivatives need it"
        )

    def _diagonal(self, a, b, target, d2C_da2, d2C_db2):
        raise NotImplementedError(
            f"{self!r}: _diagonal is not written; second derivatives need it"
        )

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
