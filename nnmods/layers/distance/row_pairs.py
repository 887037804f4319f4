"""RowPairs: the family of numbers for pairs of rows."""

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.tables import check_equal_shapes, check_like, check_table


class RowPairs(Module):
    """A number for each pair of rows of a table of two.

    ::

        y[n]        = f(a, b), of the rows a = x[0][n] and b = x[1][n]
        dC_dx[0][n] = dC_dy[n] * df/da
        dC_dx[1][n] = dC_dy[n] * df/db
        dy[n]       = df/da . da + df/db . db

    Two vectors make one pair: y has the shape (1,). A subclass writes f with
    ``measure(a, b, out)``, of all rows at once, and its derivatives with
    ``slopes(a, b, y, da, db)``, into da and db, and with ``turn(a, b, y, da, db)`` how
    these change along a direction (da, db): a pair of arrays.
    """

    def forward(self, x):
        a, b = self._rows(x)
        self.y = reuse(self.y, (len(a),), *x, module=self)
        self.measure(a, b, self.y)
        return self.y

    def backward(self, x, dC_dy):
        a, b = self._rows(x)
        check(self, "dC_dy", dC_dy, (len(a),))
        old = self.dC_dx or (None, None)
        self.dC_dx = [
            reuse(d, entry.shape, entry, dC_dy, *x, module=self)
            for d, entry in zip(old, x, strict=True)
        ]
        da, db = (d.reshape(a.shape) for d in self.dC_dx)
        self.slopes(a, b, self._measured(a, b, da.dtype), da, db)
        np.multiply(da, dC_dy[:, None], out=da)
        np.multiply(db, dC_dy[:, None], out=db)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        a, b = self._rows(x)
        check_like(self, "dx", dx, x)
        self._dy = reuse(self._dy, (len(a),), *dx, *x, module=self)
        dtype = self._dy.dtype
        da, db = self.work("da", a.shape, dtype), self.work("db", a.shape, dtype)
        self.slopes(a, b, self._measured(a, b, dtype), da, db)
        np.multiply(da, dx[0].reshape(a.shape), out=da)
        np.multiply(db, dx[1].reshape(a.shape), out=db)
        np.add(da, db, out=da)
        return np.add.reduce(da, axis=1, out=self._dy)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        a, b = self._rows(x)
        check(self, "dC_dy", dC_dy, (len(a),))
        check_like(self, "dx", dx, x)
        da, db = (d.reshape(a.shape) for d in dx)
        y = self._measured(a, b, np.result_type(a, b, da, db))
        turned = self.turn(a, b, y, da, db)
        return [(dC_dy[:, None] * t).reshape(x[0].shape) for t in turned]

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        a, b = self._rows(x)
        check(self, "d2C_dy2", d2C_dy2, (len(a),))
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, (len(a),))
        old = self._d2C_dx2 or (None, None)
        self._d2C_dx2 = [
            reuse(d, entry.shape, entry, d2C_dy2, *x, module=self)
            for d, entry in zip(old, x, strict=True)
        ]
        da, db = (d.reshape(a.shape) for d in self._d2C_dx2)
        self.slopes(a, b, self._measured(a, b, da.dtype), da, db)
        for d in (da, db):
            np.multiply(np.square(d, out=d), d2C_dy2[:, None], out=d)
        if dC_dy is not None:
            self._add_own(a, b, dC_dy, da, db)
        return self._d2C_dx2

    def _add_own(self, a, b, dC_dy, da, db):
        """Add the second derivatives of f times dC_dy, one column of rows a turn."""
        y = self._measured(a, b, da.dtype)
        for side, out in enumerate((da, db)):
            unit = [np.zeros(a.shape, out.dtype), np.zeros(a.shape, out.dtype)]
            for i in range(a.shape[1]):
                unit[side][:, i] = 1
                out[:, i] += dC_dy * self.turn(a, b, y.copy(), *unit)[side][:, i]
                unit[side][:, i] = 0

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _measured(self, a, b, dtype):
        """Return f, apart from y: whoever called forward may still be using that."""
        y = self.work("measured", (len(a),), dtype)
        self.measure(a, b, y)
        return y

    def _rows(self, x):
        """Return the entries of x as (N, length), once checked."""
        check_table(self, "x", x, 2)
        check_equal_shapes(self, x)
        if x[0].ndim == 1:
            return x[0][None], x[1][None]
        check(self, "x[0]", x[0], (None, None))
        return x


def row_dots(a, b, out):
    """Write the inner products of rows to ``out`` (N,) and return it."""
    return np.einsum("ni,ni->n", a, b, out=out, casting="same_kind")
