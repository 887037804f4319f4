"""ClippedCriterion: the family of costs whose gradient is a clipped difference."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class ClippedCriterion(ElementwiseCriterion):
    """A sum of differences that are squared below delta and absolute above.

    ::

        d     = y - target
        C     = scale * sum(d^2 / 2 where |d| < delta, else delta * (|d| - delta / 2))
        dC_dy = scale * min(max(d, -delta), delta)
        H     = scale where |d| < delta, else 0                   on the diagonal
        scale = 1 / number of entries of y, or 1 without size_average

    A subclass says what delta is, if not 1.
    """

    delta = 1

    @np.errstate(over="ignore", invalid="ignore")  # inf - inf gives NaN, quietly
    def c(self, y, target, out):
        half = self.work("half", y.shape, out.dtype)
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.absolute(out, out=out)
        np.minimum(out, self.delta, out=half)
        np.multiply(half, 0.5, out=half)
        np.subtract(out, half, out=out)  # (|d| - near / 2) * near is both branches
        np.multiply(out, half, out=out)
        np.multiply(out, 2, out=out)

    @np.errstate(over="ignore", invalid="ignore")
    def dc(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.maximum(out, -self.delta, out=out)
        np.minimum(out, self.delta, out=out)
        np.multiply(out, scale, out=out)

    @np.errstate(over="ignore", invalid="ignore")
    def d2c(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.absolute(out, out=out)
        np.subtract(self.delta, out, out=out)
        np.heaviside(out, 0.0, out=out)  # NaN stays NaN, as it does not in a comparison
        np.multiply(out, scale, out=out)
