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
        signs = self.work("signs", x.shape, np.int8)  # in a quarter of the time
        np.less(x, 0, out=signs.view(BOOL))
        np.multiply(signs, -2, out=signs)
        np.add(signs, 1, out=signs)
        np.copyto(out, signs)
        keep_nan(x, out, self.work)
