"""CrossMapCurvature: second derivatives of `SpatialCrossMapLRN`."""

import numpy as np

from nnmods.kernels.layout import rolled
from nnmods.layers.normalization.image_curvature import ImageCurvature


class CrossMapCurvature(ImageCurvature):
    """The verbs of curvature of `SpatialCrossMapLRN`, in its letters.

    ::

        q       = dC_dy * x * scale**-beta / scale
        rate    = 2 * alpha / size * S(x * dx) / scale      (d scale / scale)
        dq      = dC_dy * dx * scale**-beta / scale - (beta + 1) * rate * q
        ddC_dx  = -beta * rate * scale**-beta * dC_dy - r * (dx * S(q) + x * S(dq))

        d2C_dx2 = scale**-beta * d2C_dy2 * (scale**-beta - 2 * r * x * y / scale)
                  + r**2 * x**2 * S(d2C_dy2 * (y / scale)**2)
        own     = r * (2 * (beta + 1) * alpha / size * x**2 * S(q / scale)
                       - S(q) - 2 * q)
    """

    def _turn(self, x, dC_dy, dx, out):
        dx = rolled(dx)
        x, dC_dy, out = self._prepare(x, dC_dy, out)
        shape, dtype = x.shape, out.dtype
        rate, q = self.work("turned", (2, *shape), dtype)
        total = self._sums(np.multiply(x, dx, out=rate))
        np.multiply(total, 2 * self.alpha / self.size, out=rate)
        np.divide(rate, self._scale, out=rate)
        dq = self.work("ratio", shape, dtype)
        np.divide(np.multiply(dC_dy, self._power, out=dq), self._scale, out=dq)
        np.multiply(dq, x, out=q)
        np.multiply(dx, self._sums(q), out=out)
        np.multiply(q, rate, out=q)
        np.multiply(q, self.beta + 1, out=q)
        np.subtract(np.multiply(dq, dx, out=dq), q, out=dq)
        total = self._sums(dq)
        np.add(out, np.multiply(total, x, out=total), out=out)
        np.multiply(out, -2 * self.alpha * self.beta / self.size, out=out)
        np.multiply(np.multiply(rate, self._power, out=rate), dC_dy, out=rate)
        np.subtract(out, np.multiply(rate, self.beta, out=rate), out=out)

    def _square(self, x, h, out):
        x, h, out = self._prepare(x, h, out)
        r = 2 * self.alpha * self.beta / self.size
        ratio = self.work("ratio", x.shape, out.dtype)
        np.divide(np.multiply(x, self._power, out=ratio), self._scale, out=ratio)
        np.multiply(ratio, ratio, out=out)
        np.multiply(out, h, out=out)
        total = self._sums(out)
        np.multiply(np.multiply(total, x, out=total), x, out=total)
        np.multiply(total, r**2, out=total)
        np.multiply(np.multiply(ratio, x, out=ratio), -2 * r, out=ratio)
        np.add(ratio, self._power, out=ratio)
        np.multiply(np.multiply(ratio, self._power, out=ratio), h, out=ratio)
        np.add(ratio, total, out=out)

    def _add_own(self, x, dC_dy, out):
        x, dC_dy, out = self._prepare(x, dC_dy, out)
        factor = 2 * self.alpha / self.size
        own, q = self.work("turned", (2, *x.shape), out.dtype)
        np.multiply(np.multiply(dC_dy, x, out=q), self._power, out=q)
        np.divide(q, self._scale, out=q)
        total = self._sums(np.divide(q, self._scale, out=own))
        np.multiply(np.multiply(total, x, out=own), x, out=own)
        np.multiply(own, (self.beta + 1) * factor, out=own)
        np.subtract(own, self._sums(q), out=own)
        np.subtract(own, np.multiply(q, 2, out=q), out=own)
        np.add(out, np.multiply(own, self.beta * factor, out=own), out=out)
