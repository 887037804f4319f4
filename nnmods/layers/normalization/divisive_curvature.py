"""DivisiveCurvature: second derivatives of a division by the local spread."""

import numpy as np

from nnmods.layers.normalization.neighbourhood import Neighbourhood


class DivisiveCurvature(Neighbourhood):
    """Second derivatives of y = x / t of `Neighbourhood`, in its letters.

    ::

        rate    = slope * L(sum_c(x * dx)) / t                  (dt / t)
        Q       = slope * sum_c(x * dC_dy) / t**2
        dQ      = slope * sum_c(dx * dC_dy) / t**2 - 3 * Q * rate
        ddC_dx  = -dC_dy * rate / t - dx * LT(Q) - x * LT(dQ)

        l, LLT  = L's weight of a place itself; LT with squared weights
        d2C_dx2 = d2C_dy2 * (1 / t**2 - 2 * l * x**2 * slope / t**3)
                  + x**2 * LLT(slope**2 * sum_c(x**2 * d2C_dy2) / t**4)
        own     = 3 * x**2 * LLT(Q * slope / t) - LT(Q)
                  - 2 * l * x * dC_dy * slope / t**2
    """

    def _turn_quotient(self, x, v, dx, out):
        """Write ddC_dx for v = dC_dy, all of them (C, H, W, N), into ``out``."""
        t, rate = self._divisor, self.work("rate", x.shape[1:], out.dtype)
        spread = self._local(self._sum_of_products(x, dx, out.dtype))
        np.divide(np.multiply(spread, self._slope, out=rate), t, out=rate)
        Q = self._weighed(x, v, self.work("Q", rate.shape, out.dtype))
        np.multiply(dx, self._local(Q, True), out=out)
        dQ = self._weighed(dx, v, self.work("dQ", rate.shape, out.dtype))
        np.multiply(np.multiply(Q, rate, out=Q), 3, out=Q)
        np.subtract(dQ, Q, out=dQ)
        part = self.work("products", x.shape, out.dtype)
        np.multiply(x, self._local(dQ, True), out=part)
        np.add(out, part, out=out)
        np.multiply(v, np.divide(rate, t, out=rate), out=part)
        np.add(out, part, out=out)
        np.negative(out, out=out)

    def _square_quotient(self, x, h, out):
        """Write d2C_dx2 for h = d2C_dy2 into ``out``."""
        t, squares = self._divisor, self.work("squares", x.shape, out.dtype)
        np.multiply(x, x, out=squares, dtype=out.dtype)
        s = self._weighed(squares, h, self.work("Q", t.shape, out.dtype))
        slope = self.work("dQ", t.shape, out.dtype)
        np.divide(np.divide(self._slope, t, out=slope), t, out=slope)
        spread = self._local_of_squares(np.multiply(s, slope, out=s))
        np.multiply(slope, -2 * self._own_weight(), out=slope)
        np.multiply(h, np.divide(slope, t, out=slope), out=out)
        np.multiply(np.add(out, spread, out=out), squares, out=out)
        part = np.divide(np.divide(h, t, out=squares), t, out=squares)
        np.add(out, part, out=out)

    def _add_own_quotient(self, x, v, out):
        """Add what the second derivatives of y bring for v = dC_dy to ``out``."""
        t, own = self._divisor, self.work("products", x.shape, out.dtype)
        Q = self._weighed(x, v, self.work("Q", t.shape, out.dtype))
        np.subtract(out, self._local(Q, True), out=out)
        np.divide(np.multiply(Q, self._slope, out=Q), t, out=Q)
        spread = self._local_of_squares(np.multiply(Q, 3, out=Q))
        np.multiply(x, spread, out=own)
        part = self.work("squares", x.shape, out.dtype)
        slope = np.divide(np.divide(self._slope, t, out=Q), t, out=Q)
        np.multiply(slope, 2 * self._own_weight(), out=slope)
        np.subtract(own, np.multiply(v, slope, out=part), out=own)
        np.add(out, np.multiply(own, x, out=own), out=out)

    def _weighed(self, x, v, out):
        """Write slope * sum_c(x * v) / t**2 into ``out``."""
        s = self._sum_of_products(x, v, out.dtype)
        np.divide(np.multiply(s, self._slope, out=s), self._divisor, out=s)
        return np.divide(s, self._divisor, out=out)
