"""Quiet: the family of functions that overflow, or end somewhere."""

import numpy as np

from nnmods.core import Elementwise


class Quiet(Elementwise):
    """A function of each entry that is infinite or NaN for some finite x.

    Such results are those of IEEE arithmetic, and no warning is given.
    """

    piecewise = True

    def forward(self, x):
        with np.errstate(all="ignore"):
            return super().forward(x)

    def backward(self, x, dC_dy):
        with np.errstate(all="ignore"):
            return super().backward(x, dC_dy)

    def jvp(self, x, dx, dparams=None):
        with np.errstate(all="ignore"):
            return super().jvp(x, dx)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        with np.errstate(all="ignore"):
            return super().hvp(x, dC_dy, dx)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        with np.errstate(all="ignore"):
            return super().backward_diag_hessian(x, d2C_dy2, dC_dy)
