"""Average pooling over any number of axes, without the constructor's arguments."""

from functools import lru_cache
from math import prod

import numpy as np

from nnmods.core.workspace import Workspace
from nnmods.kernels.average_pooling import (
    average_pool_backward,
    average_pool_forward,
    sum_pool_forward,
)
from nnmods.layers.pooling.pooling import Pooling


class AveragePooling(Pooling):
    """The abstract base of the average poolings.

    See `SpatialAveragePooling` for formulas; a subclass sets ``axes`` and writes a
    constructor that calls `_setup`.
    """

    count_include_pad = True
    divide = True

    def set_count_include_pad(self):
        """Divide by the size of a window with its padding, and return self."""
        self.count_include_pad = True
        return self

    def set_count_exclude_pad(self):
        """Divide by the number of entries of the image, and return self."""
        self.count_include_pad = False
        return self

    def _forward(self, x, out):
        average_pool_forward(x, *self._geometry(), out, self.work)
        self._scale(out)

    def _backward(self, x, dC_dy, out):
        average_pool_backward(dC_dy, x.shape, *self._geometry(), out, self.work)
        self._scale(out)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        # The entries of a window weigh the same. To square that, what comes by is
        # multiplied with it before backward does so once more.
        batch, h = self._batch_pair(x, d2C_dy2)
        share = self._buffer("share of d2C_dy2", h.shape, d2C_dy2)
        padded = self.padding if self.count_include_pad else (0,) * self.axes
        size = tuple(n + 2 * p for n, p in zip(batch.shape[2:], padded, strict=True))
        start = tuple(p - q for p, q in zip(self.padding, padded, strict=True))
        windows = h.shape[2:], self.kernel_size, self.stride
        np.divide(h, window_sizes(size, start, *windows, share.dtype), out=share)
        self._scale(share)
        return super().backward_diag_hessian(x, share if batch is x else share[0])

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)

    def _scale(self, out):
        if not self.divide:
            np.multiply(out, prod(self.kernel_size), out=out)

    def _geometry(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def _details(self):
        include = "" if self.count_include_pad else ", count_include_pad=False"
        divide = "" if self.divide else ", divide=False"
        return super()._details() + include + divide


@lru_cache(maxsize=64)
def window_sizes(size, start, count, kernel, stride, dtype):
    """Return how many entries of an image each window holds, at least 1.

    Parameters
    ----------
    size : tuple of int
        Of the image, with as much of its padding as counts.
    start : tuple of int
        Where it begins along each axis, counted from the first window's start.
    count, kernel, stride : tuple of int
        The number of windows, their size and their step.
    dtype : numpy dtype

    Examples
    --------
    >>> window_sizes((4,), (1,), (3,), (3,), (2,), np.dtype(float))
    array([2., 3., 1.])
    """
    triples = zip(count, stride, kernel, strict=True)
    image = np.zeros((1, 1, *((o - 1) * s + k for o, s, k in triples)), dtype)
    pairs = zip(start, size, strict=True)
    image[0, 0, *(slice(first, first + n) for first, n in pairs)] = 1
    sizes = np.empty((1, 1, *count), dtype)
    sum_pool_forward(image, kernel, stride, sizes, Workspace())
    return np.maximum(sizes, 1)[0, 0]  # a mean of nothing is 0 / 1
