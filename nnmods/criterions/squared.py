"""SquaredCriterion: the family of squared differences."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class SquaredCriterion(ElementwiseCriterion):
    """A sum of squared differences, or their mean.

    ::

        C      = scale * sum((y - t)^2)
        dC_dy  = 2 * scale * (y - t)
        ddC_dy = 2 * scale * dy
        scale  = 1 / number of entries of y, or 1 without size_average

    A subclass says what t is, in `_compared`.
    """

    def c(self, y, target, out):
        np.subtract(y, target, out=out, dtype=out.dtype)  # uint8 would wrap
        np.multiply(out, out, out=out)

    def dc(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.multiply(out, 2 * scale, out=out)

    def d2c(self, y, target, scale, out):
        out.fill(2 * scale)
