"""Extreme: the family of the largest or smallest of a table, entry by entry."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.selection import Selecting
from nnmods.core.tables import check_equal_shapes, check_like


class Extreme(Selecting):
    """The extreme of a table place by place; the first of several gets the gradient.

    A subclass names the ufunc that picks one of two.
    """

    pick = None

    def forward(self, x):
        self.y = reuse(self.y, check_equal_shapes(self, x), *x, module=self)
        return self._extreme(x, self.y)

    def backward(self, x, dC_dy):
        shape, n = check_equal_shapes(self, x), len(x)
        check(self, "dC_dy", dC_dy, shape)
        old = [*(self.dC_dx or ()), *[None] * n]
        self.dC_dx = [reuse(d, shape, dC_dy, *x, module=self) for d in old[:n]]
        for grad, winner in zip(self.dC_dx, self._winners(x), strict=True):
            grad.fill(0)
            np.copyto(grad, dC_dy, where=winner)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        shape = check_equal_shapes(self, x)
        self._dy = reuse(self._dy, shape, *dx, *x, module=self)
        for entry, winner in zip(dx, self._winners(x), strict=True):
            np.copyto(self._dy, entry, where=winner)
        return self._dy

    def _extreme(self, x, out):
        out[...] = x[0]
        for i in range(1, len(x)):
            self.pick(out, x[i], out=out)
        return out

    def _winners(self, x):
        """Yield a mask for each array: where it is the first extreme, or first NaN.

        Each place is marked once. The next mask overwrites the one before.
        """
        shape = x[0].shape
        y = self._extreme(x, self.work("y", shape, np.result_type(*x)))
        winner, is_nan, free = (
            self.work(name, shape, bool) for name in ("winner", "is_nan", "free")
        )
        free.fill(True)
        for entry in x:
            np.equal(entry, y, out=winner)
            np.not_equal(entry, entry, out=is_nan)
            np.logical_or(winner, is_nan, out=winner)
            np.logical_and(winner, free, out=winner)
            np.greater(free, winner, out=free)  # free and not won
            yield winner
