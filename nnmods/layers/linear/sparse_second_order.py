"""SparseSecondOrder: the second derivatives of affine maps of keys and values."""

import numpy as np

from nnmods.core.tables import check_like
from nnmods.core.weighted import Weighted
from nnmods.kernels.example_products import of_each


class SparseSecondOrder(Weighted):
    """The part of `SparseAffine` beyond its three verbs.

    Directions and curvatures have the form of x, and are 0 at the places of indices. A
    key that occurs twice in a sample is one factor, the sum of its values; so the
    squares of Jacobians, and the norms of single gradients, take the sums::

        grad of example n : sums[i] dC_dy[n] in row keys[i],   of squared norm
                            |dC_dy[n]|^2 (sum_i sums[i]^2 + 1), bias included
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        if dparams is not None:
            check_like(self, "dparams", dparams, self.parameters()[0])
        keys, values, starts, single = self._read(x)
        grad = self._batch(dC_dy, starts, single)
        _, slopes = self._used(x, keys, values)
        dvalues = self._direction(self._read_direction(dx), slopes, keys, dparams)
        self._accumulate(keys, dvalues, starts, grad, scale)
        if dparams is None:
            return None
        self._accumulate_rest(keys, starts, grad, dparams[0], scale)
        with self.replaced(dparams):
            return self._without_indices(self.backward(x, dC_dy))

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        return self._without_indices(super().backward_diag_hessian(x, d2C_dy2))

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        keys, sums, starts, h = self._summed(x, d2C_dy2)
        self._accumulate(keys, np.square(sums), starts, h, scale)
        self._accumulate_bias(h, scale)

    def per_example_grads(self, x, dC_dy):
        keys, sums, starts, dC_dy = self._summed(x, dC_dy)
        shape = len(dC_dy), *self.weight.shape
        grads = self.work("by example", shape, self.weight.dtype)
        grads.fill(0)
        sample = np.repeat(np.arange(len(dC_dy)), np.diff(starts))
        rows = of_each(self._view, grads)
        rows[sample, keys] = sums[:, None] * dC_dy[sample]
        return [grads, dC_dy.astype(self.bias.dtype)]

    def per_example_sq_norms(self, x, dC_dy):
        _, sums, starts, dC_dy = self._summed(x, dC_dy)
        sample = np.repeat(np.arange(len(dC_dy)), np.diff(starts))
        squares = np.bincount(sample, np.square(sums), len(dC_dy))
        norms = np.einsum("nk,nk->n", dC_dy, dC_dy)
        return norms * (squares + 1).astype(norms.dtype)

    def _summed(self, x, dC_dy):
        """Return keys, sums of values and starts, each key once, and dC_dy as rows."""
        keys, values, starts, single = self._read(x)
        dC_dy = self._batch(dC_dy, starts, single)
        values, _ = self._used(x, keys, values)
        return *by_key(keys, values, starts), dC_dy

    def _without_indices(self, slopes):
        """Return what is like x with 0 in the places of its indices."""
        raise NotImplementedError


def by_key(keys, values, starts):
    """Return keys, values and starts of the same samples, with each key once.

    Examples
    --------
    >>> keys, values = np.array([2, 0, 2, 2]), np.array([1.0, 2.0, 3.0, 4.0])
    >>> by_key(keys, values, np.array([0, 3, 4]))
    (array([0, 2, 2]), array([2., 4., 4.]), array([0, 2, 3]))
    """
    n, width = len(starts) - 1, int(keys.max(initial=-1)) + 1
    places = keys + width * np.repeat(np.arange(n), np.diff(starts))
    used, where = np.unique(places, return_inverse=True)
    sums = np.bincount(where, values, len(used)).astype(values.dtype, copy=False)
    begins = np.searchsorted(used, width * np.arange(n + 1))
    return used % max(width, 1), sums, begins
