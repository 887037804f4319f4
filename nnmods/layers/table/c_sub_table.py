"""CSubTable: the difference of two arrays."""

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.tables import check_like
from nnmods.layers.table.pair import check_pair


class CSubTable(LinearMap):
    """Subtract the second entry of a table from the first.

    ::

        y        = x[0] - x[1]
        dC_dx[0] = dC_dy                        (the same array)
        dC_dx[1] = -dC_dy

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries, these differ in shape, or ``dC_dy`` is not shaped
        like them.

    References
    ----------
    Torch7, ``nn.CSubTable``.

    Examples
    --------
    >>> CSubTable()([np.array([5.0, 7.0]), np.array([1.0, 9.0])])
    array([ 4., -2.])
    """

    _results = (*LinearMap._results, "_minus")
    _minus = None

    def forward(self, x):
        shape = check_pair(self, x)
        self.y = y = reuse(self.y, shape, *x, module=self)
        return np.subtract(x[0], x[1], out=y, dtype=y.dtype)

    def backward(self, x, dC_dy):
        shape = check_pair(self, x)
        check(self, "dC_dy", dC_dy, shape)
        self._minus = minus = reuse(self._minus, shape, dC_dy, *x, module=self)
        self.dC_dx = [dC_dy, np.negative(dC_dy, out=minus, dtype=minus.dtype)]
        return self.dC_dx

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        check(self, "d2C_dy2", d2C_dy2, check_pair(self, x))
        self._d2C_dx2 = [d2C_dy2] * 2  # the square of -1 is 1
        return self._d2C_dx2

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)
