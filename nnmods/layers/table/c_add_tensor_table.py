"""CAddTensorTable: one array added to each entry of a table."""

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.tables import check_like, check_table, summed


class CAddTensorTable(LinearMap):
    """Add one array to each entry of a table.

    ::

        x           = [v, [a, b, ...]]
        y           = [a + v, b + v, ...]
        dC_dx[0]    = dC_dy[0] + dC_dy[1] + ...
        dC_dx[1][i] = dC_dy[i]                  (the same array)

    Raises
    ------
    TypeError
        If ``x`` is not a table of an array and a table of arrays.
    ValueError
        If ``x`` has not two entries, the arrays differ in shape, or ``dC_dy`` does not
        have one of that shape for each in ``x[1]``.

    References
    ----------
    Torch7, ``nn.CAddTensorTable``.

    Examples
    --------
    >>> v, a, b = np.array([1.0]), np.array([10.0]), np.array([20.0])
    >>> CAddTensorTable()([v, [a, b]])
    [array([11.]), array([21.])]
    """

    def forward(self, x):
        v, others = self._check(x)
        old = [*(self.y or ()), *[None] * len(others)]
        self.y = [
            reuse(y, v.shape, other, v, module=self)
            for y, other in zip(old, others, strict=False)
        ]
        for y, other in zip(self.y, others, strict=True):
            np.add(other, v, out=y, dtype=y.dtype)
        return self.y

    def backward(self, x, dC_dy):
        v, others = self._check(x)
        check_like(self, "dC_dy", dC_dy, others)
        total, _ = self.dC_dx or (None, None)
        if others:
            total = summed(self, total, list(dC_dy))
        else:
            total = reuse(total, v.shape, v, module=self)
            total.fill(0)
        self.dC_dx = [total, list(dC_dy)]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _check(self, x):
        check_table(self, "x", x, 2)
        v, others = x
        check(self, "x[0]", v, (...,))
        check_table(self, "x[1]", others)
        for i, other in enumerate(others):
            check(self, f"x[1][{i}]", other, v.shape)
        return v, others
