"""SoftSign: a step with tails that fall off slowly."""

import numpy as np

from nnmods.core import Elementwise


class SoftSign(Elementwise):
    """Smooth sign with slow tails, entry by entry.

    ::

        y      = x / (1 + |x|)
        dC_dx  = dC_dy / (1 + |x|)^2
        ddC_dx = -2 sign(x) / (1 + |x|)^3 * dx * dC_dy,   0 where x = 0

    Examples
    --------
    >>> SoftSign()(np.array([-np.inf, 0.0, 3.0]))
    array([-1.  ,  0.  ,  0.75])
    """

    piecewise = True

    def f(self, x, out):
        finite = self.work("finite", x.shape, out.dtype)
        largest = np.finfo(out.dtype).max
        np.clip(x, -largest, largest, out=finite, dtype=out.dtype)  # not inf / inf
        self._divisor(finite, out)
        np.divide(finite, out, out=out)

    def df(self, x, y, out):
        self._divisor(x, out)
        np.divide(1, out, out=out)  # the square of the divisor could overflow
        np.multiply(out, out, out=out)

    def d2f(self, x, y, out):
        slope = self.work("slope", x.shape, out.dtype)
        self._divisor(x, slope)
        np.divide(1, slope, out=slope)
        np.sign(x, out=out, dtype=out.dtype)
        np.multiply(out, -2, out=out)
        for _ in range(3):
            np.multiply(out, slope, out=out)

    def _divisor(self, x, out):
        np.absolute(x, out=out, dtype=out.dtype)
        np.add(out, 1, out=out)
