"""GatedCurvature: the second derivatives of the family `Gated`."""

import numpy as np

from nnmods.core import check, reuse


class GatedCurvature:
    """Those of y = a g(b), where a and b are the halves of x.

    ::

        ddC_da  = g'(b) * db * dC_dy
        ddC_db  = (g'(b) * da + a * g''(b) * db) * dC_dy
        d2C_da2 = g(b)^2 * d2C_dy2
        d2C_db2 = (a * g'(b))^2 * d2C_dy2  (+ a * g''(b) * dC_dy)
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        (a, b), gate = self._at(x)
        check(self, "dC_dy", dC_dy, a.shape)
        check(self, "dx", dx, x.shape)
        out = self.work("ddC_dx", x.shape, gate.dtype)
        ins = (a, b, gate, dC_dy, *self._split(dx))
        self._apply(self._turns, ins, self._split(out))
        return out

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        (a, b), gate = self._at(x)
        check(self, "d2C_dy2", d2C_dy2, a.shape)
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, gate, d2C_dy2, x)
        outs, ins = self._split(self._d2C_dx2), (a, b, gate, d2C_dy2)
        if dC_dy is None:
            self._apply(self._squares, ins, outs)
        else:
            check(self, "dC_dy", dC_dy, a.shape)
            self._apply(self._squares_and_own, (*ins, dC_dy), outs)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _turns(self, work, a, b, gate, dC_dy, da, db, ddC_da, ddC_db):
        slope = work("gate slope", b.shape, ddC_db.dtype)
        self.dg(b, gate, slope, work)
        self.d2g(b, gate, ddC_db, work)
        np.multiply(ddC_db, a, out=ddC_db)
        np.multiply(ddC_db, db, out=ddC_db)
        np.multiply(slope, da, out=ddC_da)
        np.add(ddC_db, ddC_da, out=ddC_db)
        np.multiply(ddC_db, dC_dy, out=ddC_db)
        np.multiply(slope, db, out=ddC_da)
        np.multiply(ddC_da, dC_dy, out=ddC_da)

    def _squares(self, work, a, b, gate, d2C_dy2, d2C_da2, d2C_db2):
        self.dg(b, gate, d2C_db2, work)
        np.multiply(d2C_db2, a, out=d2C_db2)
        np.square(d2C_db2, out=d2C_db2)
        np.multiply(d2C_db2, d2C_dy2, out=d2C_db2)
        np.square(gate, out=d2C_da2)
        np.multiply(d2C_da2, d2C_dy2, out=d2C_da2)

    def _squares_and_own(self, work, a, b, gate, d2C_dy2, dC_dy, d2C_da2, d2C_db2):
        own = work("own", b.shape, d2C_db2.dtype)
        self._squares(work, a, b, gate, d2C_dy2, d2C_da2, d2C_db2)
        self.d2g(b, gate, own, work)
        np.multiply(own, a, out=own)
        np.multiply(own, dC_dy, out=own)
        np.add(d2C_db2, own, out=d2C_db2)
