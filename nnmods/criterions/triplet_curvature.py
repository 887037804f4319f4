"""TripletCurvature: second derivatives of the difference of two distances."""

import numpy as np

from nnmods.core.tables import check_like, reuse_table
from nnmods.criterions.norms import norm_curve, norm_turn


class TripletCurvature:
    """Mixin of `TripletMarginCriterion`.

    ::

        ddC_da = k * (h_ab - h_ac)     with h_ab = H(a - b) (da - db), and so on
        ddC_db = -k * h_ab
        ddC_dc = k * h_ac

    where H is the Hessian of the norm; what `swap` changes in dC_dy changes here too.
    Between the kinks of the norm with p = 1 or p = inf there is no curvature.
    """

    @property
    def curved(self):
        """Whether the gradient changes otherwise than in steps."""
        return self.p not in (1, np.inf)

    @np.errstate(all="ignore")  # of infinite and NaN distances
    def hvp(self, y, target, dy):
        if not self.curved:
            return super().hvp(y, target, dy)
        a, b, c = self._triplet(y)
        check_like(self, "dy", dy, y)
        da, db, dc = dy
        self._ddC_dy = reuse_table(self._ddC_dy, self, [a, b, c], dy)
        near, far, d_near, d_far, swapped, gap = self._gaps(a, b, c)
        k, p, work = self._slopes(gap), self.p, self.work
        u_near = work("u_near", near.shape, near.dtype)
        u_far = work("u_far", far.shape, far.dtype)
        np.subtract(da, db, out=u_near, casting="same_kind")
        np.subtract(da, dc, out=u_far, casting="same_kind")
        if swapped is not None:
            np.subtract(db, dc, out=u_far, where=swapped, casting="same_kind")
        norm_turn(near, d_near, p, u_near, work)
        norm_turn(far, d_far, p, u_far, work)
        np.multiply(u_near, k, out=u_near)
        np.multiply(u_far, k, out=u_far)
        self._share(u_near, u_far, swapped, *self._ddC_dy)
        return self._ddC_dy

    @np.errstate(all="ignore")
    def diag_hessian(self, y, target):
        if not self.curved:
            return super().diag_hessian(y, target)
        a, b, c = self._triplet(y)
        self._d2C_dy2 = reuse_table(self._d2C_dy2, self, [a, b, c])
        by_a, by_b, by_c = self._d2C_dy2
        near, far, d_near, d_far, swapped, gap = self._gaps(a, b, c)
        k, p, work = self._slopes(gap), self.p, self.work
        h_near = work("u_near", near.shape, near.dtype)
        h_far = work("u_far", far.shape, far.dtype)
        norm_curve(near, d_near, p, h_near, work)
        norm_curve(far, d_far, p, h_far, work)
        np.multiply(h_near, k, out=h_near)
        np.multiply(h_far, k, out=h_far)
        np.copyto(by_b, h_near)
        np.negative(h_far, out=by_c)
        if swapped is None:
            np.subtract(h_near, h_far, out=by_a)
            return self._d2C_dy2
        np.copyto(by_a, h_near)
        np.subtract(by_b, h_far, out=by_b, where=swapped)
        np.logical_not(swapped, out=swapped)
        np.subtract(by_a, h_far, out=by_a, where=swapped)
        return self._d2C_dy2
