"""LPCurvature: the second derivatives of p-norms of windows."""

import numpy as np

from nnmods.core import check
from nnmods.kernels.average_pooling import sum_pool_backward
from nnmods.layers.image_module import ImageModule


class LPCurvature(ImageModule):
    """The verbs of curvature of `LPPooling`.

    With B, the sum over the windows that hold i, and dy = J dx::

        dC_dx   = x^(p - 1) B(y^(1 - p) dC_dy)
        hvp     = (p - 1) x^(p - 2) dx B(y^(1 - p) dC_dy)
                  + x^(p - 1) B((1 - p) y^(-p) dy dC_dy)
        d2C_dx2 = x^(2p - 2) B(y^(2 - 2p) d2C_dy2)
                  (+ x^(2p - 2) B((1 - p) y^(1 - 2p) dC_dy)
                   + (p - 1) x^(p - 2) B(y^(1 - p) dC_dy))
    """

    @property
    def curved(self):
        return self.power != 1

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        batch, dC_dy = self._batch_pair(x, dC_dy)
        check(self, "dx", dx, x.shape)
        if not self.curved:
            return None
        p, dx = self.power, dx if batch is x else dx[None]
        out = self._buffer("ddC_dx", batch.shape, dC_dy)
        dy = self._scratch("dy", dC_dy.shape, out.dtype)
        with np.errstate(all="ignore"):
            self._jvp(batch, dx, None, dy)
            np.multiply(dy, dC_dy, out=dy)
            np.multiply(dy, 1 - p, out=dy)
            self._spread(self._slope(batch, dy, out.dtype, -p), out)
            np.multiply(out, self._inner(batch, out.dtype), out=out)
            self._add_own(batch, dC_dy, dx, out)
        return out if batch is x else out[0]

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        batch, h = self._batch_pair(x, d2C_dy2)
        p, out = self.power, self._buffer("d2C_dx2", batch.shape, d2C_dy2)
        total = self._scratch("total", h.shape, out.dtype)
        with np.errstate(all="ignore"):
            np.copyto(total, self._slope(batch, h, out.dtype, 2 - 2 * p))
            if dC_dy is not None and self.curved:
                _, dC_dy = self._batch_pair(x, dC_dy)
                own = self._slope(batch, dC_dy, out.dtype, 1 - 2 * p)
                np.multiply(own, 1 - p, out=own)
                np.add(total, own, out=total)
            self._spread(total, out)
            inner = self._inner(batch, out.dtype)
            np.multiply(out, inner, out=out)
            np.multiply(out, inner, out=out)
            if dC_dy is not None and self.curved:
                self._add_own(batch, dC_dy, 1, out)
        self._d2C_dx2 = out if batch is x else out[0]
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def _add_own(self, x, dC_dy, dx, out):
        """Add (p - 1) x^(p - 2) dx B(y^(1 - p) dC_dy)."""
        p, zero = self.power, self._scratch("own zero", x.shape, np.bool_)
        own = self._scratch("own", x.shape, out.dtype)
        self._spread(self._slope(x, dC_dy, out.dtype), own)
        np.multiply(own, dx, out=own)
        np.equal(own, 0, out=zero)
        power = self._scratch("powers", x.shape, out.dtype)
        self._raise(x, p - 2, power)
        np.multiply(own, power, out=own)
        np.multiply(own, p - 1, out=own)
        np.copyto(own, 0, where=zero)  # where 0^(p - 2) is infinite too
        np.add(out, own, out=out)

    def _spread(self, slope, out):
        """Write B(slope) into ``out``."""
        sum_pool_backward(
            slope, out.shape, self.kernel_size, self.stride, out, self.work
        )
