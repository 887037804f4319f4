"""Sigmoid: the logistic function."""

import numpy as np

from nnmods.activations import curvatures, curves
from nnmods.core import Elementwise


class Sigmoid(Elementwise):
    """Logistic function, entry by entry.

    ::

        y      = 1 / (1 + exp(-x))
        dC_dx  = y (1 - y) * dC_dy
        ddC_dx = y (1 - y) (1 - 2 y) * dx * dC_dy

    Both tails are accurate to a few units of the last place: y is exp(x) far below 0.

    Examples
    --------
    >>> Sigmoid()(np.array([-np.inf, -800.0, 0.0, 1e30]))
    array([0. , 0. , 0.5, 1. ])
    """

    piecewise = True

    def f(self, x, out):
        curves.sigmoid(x, out)

    def df(self, x, y, out):
        np.subtract(1, y, out=out)
        np.multiply(out, y, out=out)

    def d2f(self, x, y, out):
        curvatures.sigmoid(y, out, self.work)
