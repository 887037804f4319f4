"""Multilinear: the family of modules linear in each entry of a table."""

import numpy as np

from nnmods.core import Module
from nnmods.core.tables import check_like, map_table, reuse_table


class Multilinear(Module):
    """A sum of products, each of one number from each entry of a table.

    No product stands twice. So second derivatives take nothing but `backward`::

        hvp     = backward(dx, dC_dy)           (of a table of two)
        d2C_dx2 = backward(x^2, d2C_dy2)

    A subclass for tables of more entries writes an `hvp` of its own.
    """

    _results = (*Module._results, "_squares")
    _squares = None

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        return self.backward(dx, dC_dy)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        check_like(self, "x", x, x)
        self._squares = squares = reuse_table(self._squares, self, x)
        map_table(_square, x, squares)
        last, self.dC_dx = self.dC_dx, self._d2C_dx2
        try:
            self._d2C_dx2 = self.backward(squares, d2C_dy2)
        finally:
            self.dC_dx = last
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn


def _square(a, out):
    np.multiply(a, a, out=out, dtype=out.dtype)  # integers would overflow
