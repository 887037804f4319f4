"""Exp and Log: the exponential, and the natural logarithm."""

import numpy as np

from nnmods.activations.quiet import Quiet


class Exp(Quiet):
    """Exponential, entry by entry.

    ::

        y      = exp(x)
        dC_dx  = y * dC_dy
        ddC_dx = y * dx * dC_dy

    It is inf where x is too large, without a warning.

    Examples
    --------
    >>> Exp()(np.array([-np.inf, 0.0, 1.0]))
    array([0.        , 1.        , 2.71828183])
    """

    def f(self, x, out):
        np.exp(x, out=out, dtype=out.dtype)  # of int8, NumPy takes a float16 exp

    def times_df(self, x, y, d, out):
        np.multiply(y, d, out=out)

    def d2f(self, x, y, out):
        np.copyto(out, y)


class Log(Quiet):
    """Natural logarithm, entry by entry.

    ::

        y      = log(x)
        dC_dx  = dC_dy / x
        ddC_dx = -dx * dC_dy / x^2

    It is -inf at 0 and NaN below, without a warning.

    Examples
    --------
    >>> Log()(np.array([0.0, 1.0, np.e]))
    array([-inf,   0.,   1.])
    """

    def f(self, x, out):
        np.log(x, out=out, dtype=out.dtype)

    def times_df(self, x, y, d, out):
        np.divide(d, x, out=out)

    def d2f(self, x, y, out):
        np.divide(-1, x, out=out)
        np.divide(out, x, out=out)
