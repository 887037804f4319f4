"""Add: the sum of a table."""

import numpy as np

from nnmods.core import LinearMap, check, reuse
from nnmods.core.tables import check_equal_shapes, check_like


class Add(LinearMap):
    """Sum the entries of a table.

    ::

        y        = x[0] + x[1] + ...
        dC_dx[i] = dC_dy                        (unchanged, the same array for all i)

    Torch7's ``nn.Add``, a trainable bias, is called CAdd here.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    Examples
    --------
    >>> Add()([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
    array([11., 22.])
    """

    def forward(self, x):
        shape = check_equal_shapes(self, x)
        self.y = y = reuse(self.y, shape, *x, module=self)
        if len(x) == 1:
            y[...] = x[0]
            return y
        np.add(x[0], x[1], out=y)
        for i in range(2, len(x)):
            np.add(y, x[i], out=y)
        return y

    def backward(self, x, dC_dy):
        check(self, "dC_dy", dC_dy, check_equal_shapes(self, x))
        self.dC_dx = [dC_dy] * len(x)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)
