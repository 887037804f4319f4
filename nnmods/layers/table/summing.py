"""Summing: the family of modules that add up a table."""

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.tables import check_equal_shapes, check_like


class Summing(LinearMap):
    """The sum of a table of arrays; the gradient goes to each of them as it is."""

    def forward(self, x):
        shape = check_equal_shapes(self, x)
        self.y = y = reuse(self.y, shape, *x, module=self)
        if len(x) == 1:
            y[...] = x[0]
            return y
        first, second, *others = x
        if first.dtype is y.dtype is second.dtype:
            np.add(first, second, y)
        else:
            np.add(first, second, out=y, dtype=y.dtype)  # integers wrap in their own
        for other in others:
            np.add(y, other, y)
        return y

    def backward(self, x, dC_dy):
        check(self, "dC_dy", dC_dy, check_equal_shapes(self, x))
        self.dC_dx = [dC_dy] * len(x)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)
