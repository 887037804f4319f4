"""LogSigmoid: the logarithm of the logistic function."""

import numpy as np

from nnmods.activations.masks import MANY, constant
from nnmods.core import Elementwise


class LogSigmoid(Elementwise):
    """Logarithm of the logistic function, entry by entry.

    ::

        y      = log(1 / (1 + exp(-x))) = min(x, 0) - log(1 + exp(-|x|))
        dC_dx  = (1 - exp(y)) * dC_dy
        ddC_dx = -exp(y) (1 - exp(y)) * dx * dC_dy

    The last form of y is what is computed where exp(-x) would overflow, and of short
    arrays. Both tails keep their accuracy, x far below 0 and -exp(-x) far above.

    Examples
    --------
    >>> LogSigmoid()(np.array([-1e30, 0.0, np.inf]))
    array([-1.00000000e+30, -6.93147181e-01,  0.00000000e+00])
    """

    piecewise = True

    def f(self, x, out):
        if out.size > MANY:
            with np.errstate(over="ignore"):
                self._logarithm(x, out)
            if np.minimum.reduce(out, axis=None) > -np.inf:  # nor NaN
                return
        negative = self.work("negative", x.shape, out.dtype)
        np.minimum(x, constant(0.0, out, self.work), out=negative)
        np.absolute(x, out=out, dtype=out.dtype)  # |-128| wraps in int8
        np.negative(out, out=out)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        np.subtract(negative, out, out=out)

    def _logarithm(self, x, out):
        np.negative(x, out=out, dtype=out.dtype)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        np.negative(out, out=out)

    def df(self, x, y, out):
        np.expm1(y, out=out)  # not 1 - exp(y): far above 0 that leaves nothing of y
        np.negative(out, out=out)

    def d2f(self, x, y, out):
        rest = self.work("rest", x.shape, out.dtype)
        np.expm1(y, out=rest)
        np.exp(y, out=out)
        np.multiply(out, rest, out=out)
