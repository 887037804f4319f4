"""Separable: the family of images mapped along one axis after another."""

from functools import lru_cache

import numpy as np

from nnmods.kernels.resize_axes import AxisMap, apply_maps
from nnmods.layers.flat_images import FlatImages


class Separable(FlatImages):
    """A linear map along each spatial axis, without parameters.

    ::

        y       = x, with A_i applied along each spatial axis i
        dC_dx   = dC_dy, with A_i^T applied along each spatial axis i
        d2C_dx2 = d2C_dy2, with the same of the squared entries of A_i

    A subclass sets ``axes`` and writes ``_maps(size)``: the sparse matrices A_i for a
    spatial size, each a `nnmods.kernels.resize_axes.AxisMap`. It raises where x of this
    size is not accepted.
    """

    _squares = False  # whether backward takes the squared entries

    def _maps(self, size):
        raise NotImplementedError

    def output_shape(self, shape):
        return (*shape[:2], *(m.count for m in self._maps(shape[2:])))

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._squares = True
        try:
            return super().backward_diag_hessian(x, d2C_dy2)
        finally:
            del self._squares

    def _forward(self, x, out):
        apply_maps(x, self._maps(x.shape[2:]), out, self.work)

    def _backward(self, x, dC_dy, out):
        maps = self._maps(x.shape[2:])
        if self._squares:
            maps = map(squared, maps)
        maps = tuple(m.transpose for m in maps)
        apply_maps(dC_dy, maps, out, self.work, "transposed")

    def _jvp(self, x, dx, dparams, out):
        self._forward(dx, out)


@lru_cache(maxsize=256)
def squared(axis_map):
    """Return the `AxisMap` of the squared entries of another one.

    Examples
    --------
    >>> half = AxisMap([0, 0, 0], [0, 1, 1], [0.5, 0.25, 0.25], 1, 2)
    >>> squared(half).weights(float, 1)[:, 0]
    array([0.25, 0.25])
    """
    K, count = axis_map.index.shape
    places = (np.arange(count) * (axis_map.size + 1) + axis_map.index).reshape(-1)
    # Entries at one place are one entry of the matrix: they add up first.
    places, which = np.unique(places, return_inverse=True)
    weights = axis_map.weights(np.dtype(np.float64), 1).reshape(-1)
    totals = np.bincount(which, weights, len(places))
    outputs, inputs = np.divmod(places, axis_map.size + 1)
    kept = inputs < axis_map.size  # beyond it is what stands for nothing
    entries = outputs[kept], inputs[kept], np.square(totals[kept])
    return AxisMap(*entries, count, axis_map.size)
