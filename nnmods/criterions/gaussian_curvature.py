"""GaussianCurvature: second derivatives by a mean and a variance."""

import numpy as np


class GaussianCurvature:
    """Mixin of the Gaussian negative log-likelihood.

    ::

        ddC_da  = scale * (da - d * db / v) / v
        ddC_db  = scale * (d^2 / v - 1/2) * db / v^2 - scale * d * da / v^2
        d2C_da2 = scale / v
        d2C_db2 = scale * (d^2 / v - 1/2) / v^2

    with (da, db) the direction, and d and v as in the criterion. Where the variance is
    below eps, db counts as 0, and what is by the variance is 0.
    """

    @np.errstate(over="ignore", invalid="ignore")
    def _turn(self, a, b, target, da, db, ddC_da, ddC_db):
        d, v, share = self._parts(a, b, target)
        moved = self.work("moved", b.shape, v.dtype)
        np.copyto(moved, db, casting="same_kind")
        np.copyto(moved, 0, where=self._low(b))
        db = self._aligned(a, moved)
        scale = self._scale(a)
        np.divide(d, v, out=d)
        np.multiply(d, db, out=share)
        np.subtract(da, share, out=share)
        np.divide(share, v, out=share)
        np.multiply(share, scale, out=ddC_da)
        # By the variance: -(d / v) (da - d / v db) / v - db / (2 v^2)
        np.multiply(share, d, out=share)
        np.divide(db, v, out=db)
        np.divide(db, v, out=db)
        np.multiply(db, 0.5, out=db)
        np.add(share, db, out=share)
        np.multiply(share, -scale, out=share)
        self._put(a, b, share, ddC_db)

    @np.errstate(over="ignore", invalid="ignore")
    def _diagonal(self, a, b, target, d2C_da2, d2C_db2):
        d, v, share = self._parts(a, b, target)
        scale = self._scale(a)
        np.divide(scale, v, out=d2C_da2)
        np.divide(d, v, out=share)
        np.multiply(share, d, out=share)
        np.subtract(share, 0.5, out=share)
        for divisor in (v, v):
            np.divide(share, divisor, out=share)
        np.multiply(share, scale, out=share)
        self._put(a, b, share, d2C_db2)
