"""MatrixProduct: the family of products of a table of two."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.tables import check_like, check_table
from nnmods.layers.table.multilinear import Multilinear


class MatrixProduct(Multilinear):
    """Product of two matrices, or of each pair of two batches.

    ::

        y        = A @ B               where A is a = x[0] or its transpose, B likewise
        dC_dA    = dC_dy @ B.T         dC_dx[0] is that or its transpose
        dC_dB    = A.T @ dC_dy         dC_dx[1] is that or its transpose
        dy       = dA @ B + A @ dB

    A subclass checks x, and turns x and y into matrices with ``_matrices(x)`` and
    ``_matrix(y)``, which return views.
    """

    trans_a = trans_b = False

    def _matrices(self, x):
        """Return the two entries of x as (..., rows, columns)."""
        return x

    def _matrix(self, y):
        """Return y as (..., rows, columns)."""
        return y

    def forward(self, x):
        a, b, shape = self._read(x)
        self.y = reuse(self.y, shape, *x, module=self)
        _multiply(a, b, self._matrix(self.y))
        return self.y

    def backward(self, x, dC_dy):
        a, b, shape = self._read(x)
        check(self, "dC_dy", dC_dy, shape)
        old = self.dC_dx or (None, None)
        self.dC_dx = [
            reuse(d, entry.shape, entry, dC_dy, *x, module=self)
            for d, entry in zip(old, x, strict=True)
        ]
        dC_dy = self._matrix(dC_dy)
        dC_da, dC_db = self._turned(self._matrices(self.dC_dx))
        _multiply(dC_dy, b.swapaxes(-1, -2), dC_da)
        _multiply(a.swapaxes(-1, -2), dC_dy, dC_db)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        a, b, shape = self._read(x)
        check_like(self, "dx", dx, x)
        da, db = self._turned(self._matrices(dx))
        self._dy = reuse(self._dy, shape, *dx, *x, module=self)
        dy = self._matrix(self._dy)
        _multiply(da, b, dy)
        dy += _multiply(a, db, self.work("second", dy.shape, dy.dtype))
        return self._dy

    def _turned(self, matrices):
        """Return both matrices, transposed where that is asked for."""
        a, b = matrices
        a = a.swapaxes(-1, -2) if self.trans_a else a
        return a, b.swapaxes(-1, -2) if self.trans_b else b

    def _read(self, x):
        """Return the factors and the shape of y, once x is checked."""
        check_table(self, "x", x, 2)
        self._check_ranks(x)
        a, b = self._turned(self._matrices(x))
        if a.shape[-1] != b.shape[-2] or a.shape[:-2] != b.shape[:-2]:
            raise ValueError(
                f"{self!r}: x has shapes {x[0].shape} and {x[1].shape}, "
                "expected factors that fit"
            )
        return a, b, (*a.shape[:-1], *b.shape[-1:])[: self._rank(x)]

    def _rank(self, x):
        """Return the number of axes of y."""
        return x[0].ndim


def _multiply(a, b, out):
    # Products of integers would wrap in their own dtype.
    return np.matmul(a, b, out=out, dtype=out.dtype, casting="same_kind")
