"""Contiguous: the same numbers, in C order."""

import numpy as np

from nnmods.core import LinearMap, check


class Contiguous(LinearMap):
    """Bring an array into C order in memory.

    ::

        y     = x
        dC_dx = dC_dy

    An array in C order is passed on as it is, any other is copied.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.Contiguous``.

    Examples
    --------
    >>> Contiguous()(np.ones((2, 3)).T).flags.c_contiguous
    True
    """

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = self._in_c_order("y", x)
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = self._in_c_order("dC_dx", dC_dy)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)

    def _in_c_order(self, name, array):
        if array.flags.c_contiguous:
            return array
        copy = self.work(name, array.shape, array.dtype)
        np.copyto(copy, array)
        return copy
