"""CDivTable: the quotient of two arrays, entry by entry."""

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.dtypes import promote
from nnmods.core.tables import check_like
from nnmods.layers.table.pair import check_pair


class CDivTable(Module):
    """Divide the first entry of a table by the second, place by place.

    ::

        y        = x[0] / x[1]
        dC_dx[0] = dC_dy / x[1]
        dC_dx[1] = -dC_dy / x[1] / x[1] * x[0]
        dy       = (dx[0] - x[0] / x[1] * dx[1]) / x[1]
        hvp[0]   = -dC_dy / x[1]^2 * dx[1]
        hvp[1]   = -dC_dy / x[1]^2 * (dx[0] - 2 x[0] / x[1] * dx[1])
        d2C_dx2  = [d2C_dy2 / x[1]^2, d2C_dy2 * (x[0] / x[1]^2)^2]
                   (+ [0, 2 dC_dy * x[0] / x[1]^3])

    Where x[1] = 0 the results are infinite or NaN, without a warning.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries, these differ in shape, or ``dC_dy`` is not shaped
        like them.

    References
    ----------
    Torch7, ``nn.CDivTable``.

    Examples
    --------
    >>> CDivTable()([np.array([6.0, 1.0]), np.array([2.0, 4.0])])
    array([3.  , 0.25])
    """

    def forward(self, x):
        shape = check_pair(self, x)
        self.y = y = reuse(self.y, shape, *x, module=self)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(x[0], x[1], out=y, dtype=y.dtype)

    def backward(self, x, dC_dy):
        shape = check_pair(self, x)
        check(self, "dC_dy", dC_dy, shape)
        old = self.dC_dx or (None, None)
        first, second = (reuse(d, shape, dC_dy, *x, module=self) for d in old)
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(dC_dy, x[1], out=first, dtype=first.dtype)
            np.divide(first, x[1], out=second)
            np.multiply(second, x[0], out=second)
        np.negative(second, out=second)
        self.dC_dx = [first, second]
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        shape = check_pair(self, x)
        self._dy = dy = reuse(self._dy, shape, *x, *dx, module=self)
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(x[0], x[1], out=dy, dtype=dy.dtype)
            np.multiply(dy, dx[1], out=dy)
            np.subtract(dx[0], dy, out=dy)
            return np.divide(dy, x[1], out=dy)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        shape = check_pair(self, x)
        check(self, "dC_dy", dC_dy, shape)
        dtype = promote(self, (dC_dy, *x, *dx))
        slope, first, second = (
            self.work(name, shape, dtype) for name in ("slope", "first", "second")
        )
        with np.errstate(all="ignore"):
            np.divide(dC_dy, x[1], out=slope, dtype=dtype)
            np.divide(slope, x[1], out=slope)
            np.negative(slope, out=slope)
            np.multiply(slope, dx[1], out=first)
            np.divide(x[0], x[1], out=second, dtype=dtype)
            np.multiply(second, dx[1], out=second)
            np.multiply(second, -2, out=second)
            np.add(second, dx[0], out=second)
            np.multiply(second, slope, out=second)
        return [first, second]

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        shape = check_pair(self, x)
        check(self, "d2C_dy2", d2C_dy2, shape)
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, shape)
        old = self._d2C_dx2 or (None, None)
        first, second = (reuse(d, shape, d2C_dy2, *x, module=self) for d in old)
        quotient = self.work("quotient", shape, second.dtype)
        with np.errstate(all="ignore"):
            np.divide(x[0], x[1], out=quotient, dtype=quotient.dtype)
            np.divide(d2C_dy2, x[1], out=first, dtype=first.dtype)
            np.divide(first, x[1], out=first)
            np.multiply(first, quotient, out=second)
            np.multiply(second, quotient, out=second)
            if dC_dy is not None:
                np.multiply(quotient, dC_dy, out=quotient)
                np.divide(quotient, x[1], out=quotient)
                np.divide(quotient, x[1], out=quotient)
                np.multiply(quotient, 2, out=quotient)
                np.add(second, quotient, out=second)
        self._d2C_dx2 = [first, second]
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn
