"""Abs: the absolute value."""

import numpy as np

from nnmods.activations.masks import BOOL, keep_nan
from nnmods.core import Elementwise


class Abs(Elementwise):
    """Absolute value, entry by entry.

    ::

        y     = |x|
        dC_dx = dC_dy where x >= 0, else -dC_dy

    At the kink the derivative is that of the right side, Torch7's rule.

    Examples
    --------
    >>> Abs().backward(np.array([-2.0, 0.0, 3.0]), np.ones(3))
    array([-1.,  1.,  1.])
    """

    piecewise = True
    curved = False

    def f(self, x, out):
        np.absolute(x, out=out, dtype=out.dtype)  # |-128| wraps in int8

    def df(self, x, y, out):
        rises = self.work("rises", x.shape, BOOL)
        np.greater_equal(x, 0, out=rises)
        np.copyto(out, rises)
        np.multiply(out, 2, out=out)
        np.subtract(out, 1, out=out)
        keep_nan(x, out, self.work)
