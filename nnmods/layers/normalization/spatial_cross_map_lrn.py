"""SpatialCrossMapLRN: local response normalisation across maps."""

import numpy as np

from nnmods.core.arrays import as_size, same_memory
from nnmods.core.options import as_number
from nnmods.kernels.layout import rolled
from nnmods.kernels.neighbourhood import correlate_along
from nnmods.layers.normalization.channel_moments import quiet
from nnmods.layers.normalization.cross_map_curvature import CrossMapCurvature


class SpatialCrossMapLRN(CrossMapCurvature):
    """Local response normalisation: x over a power of nearby maps' squares.

    ::

        S(v)[c] = sum of v over the maps c - size // 2 to c + size // 2 that there are
        scale   = k + alpha / size * S(x**2)
        y       = x * scale**-beta
        dC_dx   = scale**-beta * dC_dy - r * x * S(dC_dy * y / scale)
        dy      = scale**-beta * dx - r * y / scale * S(x * dx)
        r       = 2 * alpha * beta / size

    [1]_ Second derivatives are those of `CrossMapCurvature`.

    Parameters
    ----------
    size : int
        How many maps to sum over, odd.
    alpha : float or None, default=1e-4
        None means the default, here and below.
    beta : float or None, default=0.75
    k : float or None, default=1

    Raises
    ------
    ValueError
        If ``size`` is not odd. If ``x`` is not (N, C, H, W) or (C, H, W), or ``dC_dy``
        is not shaped like ``x``.

    References
    ----------
    .. [1] A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
           convolutional neural networks", NIPS 2012, section 3.3.

    Examples
    --------
    >>> SpatialCrossMapLRN(1, alpha=3.0, beta=0.5)(np.ones((1, 1, 2)))
    array([[[0.5, 0.5]]])
    """

    _results = (*CrossMapCurvature._results, "_measured", "_scale", "_power")
    _measured = _scale = _power = None  # the last x, and what was found, (C, H, W, N)
    axes = 2

    def __init__(self, size, alpha=None, beta=None, k=None):
        super().__init__()
        self.size = as_size("SpatialCrossMapLRN", "size", size)
        if self.size % 2 == 0:
            raise ValueError(f"SpatialCrossMapLRN: size is {size}, expected an odd one")
        self.alpha = as_number(self, "alpha", alpha, 1e-4)
        self.beta = as_number(self, "beta", beta, 0.75)
        self.k = as_number(self, "k", k, 1)

    def output_shape(self, shape):
        return shape

    def _forward(self, x, out):
        with quiet():
            self._measure(rolled(x), out.dtype)
            np.multiply(rolled(x), self._power, out=rolled(out))
        self._measured = x

    def _backward(self, x, dC_dy, out):
        x, dC_dy, out = self._prepare(x, dC_dy, out)
        with quiet():
            ratio = self.work("ratio", x.shape, out.dtype)
            np.multiply(dC_dy, x, out=ratio)
            np.multiply(ratio, self._power, out=ratio)
            np.divide(ratio, self._scale, out=ratio)
            total = self._sums(ratio)
            np.multiply(total, x, out=total)
            self._add(total, dC_dy, out)

    def _jvp(self, x, dx, dparams, out):
        x, dx, out = self._prepare(x, dx, out)
        with quiet():
            ratio = self.work("ratio", x.shape, out.dtype)
            total = self._sums(np.multiply(dx, x, out=ratio))
            np.multiply(total, x, out=total)
            np.multiply(total, self._power, out=total)
            np.divide(total, self._scale, out=total)
            self._add(total, dx, out)

    def _add(self, total, v, out):
        np.multiply(total, -2 * self.alpha * self.beta / self.size, out=total)
        np.multiply(v, self._power, out=out)
        np.add(out, total, out=out)

    def _prepare(self, x, v, out):
        """Return views (C, H, W, N), and have what was found belong to ``x``."""
        if self._measured is None or not same_memory(x, self._measured):
            with quiet():
                self._measure(rolled(x), out.dtype)
            self._measured = x
        return rolled(x), rolled(v), rolled(out)

    def _measure(self, x, dtype):
        self._measured = None
        squares = self.work("ratio", x.shape, dtype)
        np.multiply(x, x, out=squares, dtype=dtype)
        scale, power = self.work("found", (2, *x.shape), dtype)
        correlate_along(squares, (1,) * self.size, 0, scale, self.work)
        np.multiply(scale, self.alpha / self.size, out=scale)
        np.add(scale, self.k, out=scale)
        if self.beta == 0.75:  # two roots take half the time of a power
            np.sqrt(scale, out=power)
            np.multiply(power, scale, out=power)
            np.sqrt(power, out=power)
            np.divide(1, power, out=power)
        else:
            np.power(scale, -self.beta, out=power)
        self._scale, self._power = scale, power

    def _sums(self, v):
        out = self.work("total", v.shape, v.dtype)
        return correlate_along(v, (1,) * self.size, 0, out, self.work)

    def __repr__(self):
        options = [str(self.size)]
        options += [f"alpha={self.alpha:g}"] if self.alpha != 1e-4 else []
        options += [f"beta={self.beta:g}"] if self.beta != 0.75 else []
        options += [f"k={self.k:g}"] if self.k != 1 else []
        return f"SpatialCrossMapLRN({', '.join(options)})"
