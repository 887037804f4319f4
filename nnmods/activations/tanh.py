"""Tanh: the hyperbolic tangent."""

import numpy as np

from nnmods.activations import curvatures
from nnmods.core import Elementwise


class Tanh(Elementwise):
    """Hyperbolic tangent, entry by entry.

    ::

        y      = tanh(x)
        dC_dx  = (1 - y^2) * dC_dy
        ddC_dx = -2 y (1 - y^2) * dx * dC_dy

    Examples
    --------
    >>> Tanh()(np.array([-np.inf, 0.0, 0.5]))
    array([-1.        ,  0.        ,  0.46211716])
    """

    piecewise = overwrites = True

    def f(self, x, out):
        np.tanh(x, out=out, dtype=out.dtype)  # of int8, NumPy takes a float16 tanh

    def df(self, x, y, out):
        np.square(y, out=out)
        np.subtract(1, out, out=out)

    def d2f(self, x, y, out):
        curvatures.tanh(y, -2, out)
