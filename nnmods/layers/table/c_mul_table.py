"""CMulTable: the product of a table, entry by entry."""

import numpy as np

from nnmods.core import Module, check, reuse
from nnmods.core.tables import check_equal_shapes, check_like


class CMulTable(Module):
    """Multiply the entries of a table, place by place.

    ::

        y        = x[0] * x[1] * ...
        dC_dx[i] = dC_dy * (product of all x[j] but x[i])
        dy       = sum_i dx[i] * (product of all x[j] but x[i])

    The products of all but one come from those before it and those after it, not from
    a division, so that zeros in x do no harm.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    References
    ----------
    Torch7, ``nn.CMulTable``.

    Examples
    --------
    >>> CMulTable()([np.array([2.0, 3.0]), np.array([5.0, 0.0])])
    array([10.,  0.])
    """

    def forward(self, x):
        shape = check_equal_shapes(self, x)
        self.y = y = reuse(self.y, shape, *x, module=self)
        y[...] = x[0]
        for i in range(1, len(x)):
            np.multiply(y, x[i], out=y)
        return y

    def backward(self, x, dC_dy):
        shape, n = check_equal_shapes(self, x), len(x)
        check(self, "dC_dy", dC_dy, shape)
        old = [*(self.dC_dx or ()), *[None] * n]
        self.dC_dx = grads = [reuse(d, shape, dC_dy, *x, module=self) for d in old[:n]]
        grads[0][...] = dC_dy
        for i in range(1, n):  # dC_dy times those before i
            np.multiply(grads[i - 1], x[i - 1], out=grads[i])
        after = self.work("after", shape, grads[0].dtype)
        after.fill(1)
        for i in range(n - 1, 0, -1):
            np.multiply(after, x[i], out=after)
            np.multiply(grads[i - 1], after, out=grads[i - 1])
        return grads

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        shape = check_equal_shapes(self, x)
        self._dy = dy = reuse(self._dy, shape, *x, *dx, module=self)
        before, term = (self.work(n, shape, dy.dtype) for n in ("before", "term"))
        before[...], dy[...] = x[0], dx[0]
        for i in range(1, len(x)):  # the product rule, one factor at a time
            np.multiply(before, dx[i], out=term)
            np.multiply(dy, x[i], out=dy)
            np.add(dy, term, out=dy)
            np.multiply(before, x[i], out=before)
        return dy
