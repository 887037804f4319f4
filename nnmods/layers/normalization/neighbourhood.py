"""Neighbourhood: the family of normalisations by what is around each place."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.core.options import as_number
from nnmods.kernels.neighbourhood import local_sum, passes, transposed
from nnmods.layers.normalization.image_curvature import ImageCurvature

BOOL = np.dtype(np.bool_)


class Neighbourhood(ImageCurvature):
    """Subtract the local mean of all planes from each, or divide by the local spread.

    ::

        L(s)     = correlation with the kernel, divided by its sum and by C, zeros
                   beyond the edges
        coef     = L(C)                             (1 away from the edges)
        subtract: y = x - L(sum_c(x)) / coef
        divide:   s = sqrt(L(sum_c(x**2))),  t = s / coef where that is > threshold,
                  else thresval,  y = x / t

        subtract: dC_dx = dC_dy - LT(sum_c(dC_dy) / coef)
        divide:   dC_dx = dC_dy / t - x * LT(slope * sum_c(x * dC_dy) / t**2)
                  slope = 1 / (coef * s) where t = s / coef and s > 0, else 0

    LT is the transpose of L. A kernel of one axis is applied along both.
    """

    _results = (*ImageCurvature._results, "_measured", "_slope", "_divisor")
    _measured = _slope = _divisor = None  # the last x divided, and what was found
    axes = 2
    threshold = thresval = 1e-4

    def __init__(self, n_input_plane=None, kernel=None):
        super().__init__()
        name = type(self).__name__
        n = 1 if n_input_plane is None else n_input_plane
        self.n_input_plane = self.channels = n = as_size(name, "n_input_plane", n)
        kernel = np.ones((9, 9)) if kernel is None else kernel
        kernel = np.array(kernel, np.float64)
        if n == 0 or kernel.ndim not in (1, 2) or any(k % 2 == 0 for k in kernel.shape):
            raise ValueError(
                f"{name}: n_input_plane is {n} and kernel has shape {kernel.shape}, "
                "expected 1 plane or more, and a kernel of 1 or 2 axes of odd length"
            )
        if not kernel.sum():
            raise ValueError(f"{name}: kernel has sum 0, expected another sum")
        self._default = kernel.shape == (9, 9) and (kernel == kernel[0, 0]).all()
        self.kernel = (kernel / (kernel.sum() * n)).astype(self.dtype)
        plane = kernel if kernel.ndim == 2 else np.outer(kernel, kernel)
        self._pairs = passes(plane / (plane.sum() * n))

    def output_shape(self, shape):
        return shape

    def _local(self, s, transpose=False):
        """Return L of a plane (H, W, N), or its transpose, in scratch memory."""
        pairs = transposed(self._pairs) if transpose else self._pairs
        return local_sum(s, pairs, self.work("local", s.shape, s.dtype), self.work)

    def _local_of_squares(self, s):
        """Return the transpose of L with its weights squared, in scratch memory."""
        pairs = transposed(passes(np.square(self._weights())))
        return local_sum(s, pairs, self.work("local", s.shape, s.dtype), self.work)

    def _own_weight(self):
        """Return what a place itself counts in its neighbourhood."""
        weights = self._weights()
        return float(weights[tuple(n // 2 for n in weights.shape)])

    def _weights(self):
        """Return the weights of L, of two axes."""
        return sum(np.outer(column, row) for column, row in self._pairs)

    def _coef(self, s):
        """Return coef, (H, W, 1); made once for each size."""
        name = ("coef", s.shape[:2])
        coef = self.work(name, (*s.shape[:2], 1), s.dtype, fill=np.nan)
        if coef.size and np.isnan(coef[0, 0, 0]):
            ones = np.full_like(coef, self.n_input_plane)
            local_sum(ones, self._pairs, coef, self.work)
        return coef

    def _sum(self, x, dtype, name="sum"):
        """Return the sum of the planes of ``x`` (C, H, W, N)."""
        return np.add.reduce(x, 0, dtype, self.work(name, x.shape[1:], dtype))

    def _sum_of_products(self, x, v, dtype):
        products = self.work("products", x.shape, dtype)
        return self._sum(np.multiply(x, v, out=products, dtype=dtype), dtype)

    def _subtract(self, x, out):
        s = self._sum(x, out.dtype)
        mean = self._local(s)
        np.divide(mean, self._coef(s), out=mean)
        np.subtract(x, mean, out=out)

    def _subtract_transposed(self, dC_dy, out):
        s = self._sum(dC_dy, out.dtype)
        np.divide(s, self._coef(s), out=s)
        np.subtract(dC_dy, self._local(s, True), out=out)

    def _divide(self, x, out):
        """Write y into ``out``, and keep slope and t, each (H, W, N)."""
        s = self._sum_of_products(x, x, out.dtype)
        self._slope, self._divisor = slope, t = self.work(
            "found", (2, *s.shape), s.dtype
        )
        below, spread = self.work("below", (2, *s.shape), BOOL), self._local(s)
        np.sqrt(spread, out=spread)
        np.divide(spread, self._coef(s), out=t)
        np.greater(t, self.threshold, out=below[0])
        np.logical_not(below[0], out=below[0])  # NaN too, as in Torch7
        np.copyto(t, self.thresval, where=below[0])
        np.multiply(spread, self._coef(s), out=slope)
        np.divide(1, slope, out=slope)
        np.copyto(slope, 0, where=below[0])
        np.copyto(slope, 0, where=np.equal(spread, 0, out=below[1]))
        np.divide(x, t, out=out)

    def _divide_product(self, x, v, out, transpose):
        """Write the Jacobian of `_divide`, or its transpose, times ``v``."""
        slope, t = self._slope, self._divisor
        s = self._sum_of_products(x, v, out.dtype)
        if not transpose:
            s = self._local(s)
        np.multiply(s, slope, out=s)
        np.divide(s, t, out=s)
        np.divide(s, t, out=s)
        if transpose:
            s = self._local(s, True)
        part = np.multiply(x, s, out=self.work("products", x.shape, out.dtype))
        np.divide(v, t, out=out)
        np.subtract(out, part, out=out)

    def _set_threshold(self, threshold, thresval):
        self.threshold = as_number(self, "threshold", threshold, 1e-4)
        self.thresval = as_number(self, "thresval", thresval, self.threshold)

    def _kernel_text(self):
        if self._default:
            return str(self.n_input_plane)
        return f"{self.n_input_plane}, kernel of shape {self.kernel.shape}"

    def _threshold_text(self):
        text = f", threshold={self.threshold:g}" if self.threshold != 1e-4 else ""
        if self.thresval != self.threshold:
            text += f", thresval={self.thresval:g}"
        return text
