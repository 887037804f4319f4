"""LookupSecondOrder: squared Jacobians and single examples of looked-up rows."""

import numpy as np

from nnmods.core import Module, reuse
from nnmods.kernels.sparse import add_transposed_product, range_of


class LookupSecondOrder(Module):
    """The part of `Lookup` beyond its three verbs; x holds indices, so dC_dx is 0.

    Of example n, each row r has the gradient g[r], the sum of dC_dy over the places
    where x[n] is r; the squared norm is the sum of |g[r]|^2 over the rows that occur.
    """

    curved = False

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x, d2C_dy2)
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, d2C_dy2, self.weight)
        self._d2C_dx2.fill(0)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        rows, factors = self._slopes(x, d2C_dy2)
        np.square(factors, out=factors)
        np.multiply(factors, scale, out=factors)
        self._accumulate(rows, factors, d2C_dy2)

    def per_example_grads(self, x, dC_dy):
        places, factors = self._places(x, dC_dy)
        N, (n_rows, width) = len(x), self.weight.shape
        grads = self.work("by example", (N, n_rows, width), self.weight.dtype)
        grads.fill(0)
        sums = grads.reshape(N * n_rows, width)
        starts = range_of(len(places), self.work)
        add_transposed_product(starts, places, factors, dC_dy, sums, self.work)
        row = self._padding_row()
        if row is not None:
            grads[:, row] = 0
        return [grads]

    def per_example_sq_norms(self, x, dC_dy):
        places, factors = self._places(x, dC_dy)
        n_rows, width = self.weight.shape
        used, places = np.unique(places, return_inverse=True)
        sums = np.zeros((len(used), width), self.weight.dtype)
        starts = range_of(len(places), self.work)
        add_transposed_product(starts, places, factors, dC_dy, sums, self.work)
        squares = np.einsum("uk,uk->u", sums, sums)
        row = self._padding_row()
        if row is not None:
            squares[used % n_rows == row] = 0
        norms = np.bincount(used // n_rows, squares, len(x))
        return norms.astype(squares.dtype, copy=False)

    def _places(self, x, dC_dy):
        """Return example * rows + row of each index, and its part in the gradient."""
        rows, factors = self._slopes(x, dC_dy)
        each = len(rows) // max(len(x), 1)
        return rows + np.repeat(np.arange(len(x)), each) * len(self.weight), factors
