"""CMulTable: the product of a table, entry by entry."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.dtypes import promote
from nnmods.core.tables import check_equal_shapes, check_like
from nnmods.layers.table.multilinear import Multilinear


class CMulTable(Multilinear):
    """Multiply the entries of a table, place by place.

    ::

        y        = x[0] * x[1] * ...
        dC_dx[i] = dC_dy * (product of all x[j] but x[i])
        dy       = sum_i dx[i] * (product of all x[j] but x[i])
        hvp[i]   = dC_dy * sum_k dx[k] * (product of all x[j] but x[i] and x[k])

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

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        shape, n = check_equal_shapes(self, x), len(x)
        check_like(self, "dx", dx, x)
        check(self, "dC_dy", dC_dy, shape)
        dtype = promote(self, (dC_dy, *x, *dx))

        def scratch(name):
            return self.work(name, shape, dtype)

        term = scratch("term")

        def follow(product, change, i, next_product, next_change):
            """Write a product and its change along dx, with the factor x[i] more."""
            np.multiply(product, dx[i], out=term)
            np.multiply(change, x[i], out=next_change)
            np.add(next_change, term, out=next_change)
            np.multiply(product, x[i], out=next_product)

        before = [scratch(("before", i)) for i in range(n)]
        turned = [scratch(("turned", i)) for i in range(n)]
        np.copyto(before[0], dC_dy)
        turned[0].fill(0)
        for i in range(n - 1):  # dC_dy times those before i + 1
            follow(before[i], turned[i], i, before[i + 1], turned[i + 1])
        after, change = scratch("after"), scratch("change")
        after.fill(1)
        change.fill(0)
        for i in range(n - 1, -1, -1):
            np.multiply(turned[i], after, out=turned[i])
            np.multiply(before[i], change, out=before[i])
            np.add(turned[i], before[i], out=turned[i])
            follow(after, change, i, after, change)
        return turned

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
