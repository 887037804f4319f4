"""AffineSecondOrder: squared Jacobians and single examples of an affine map."""

import contextlib
from math import prod

import numpy as np

from nnmods.core.kronecker import beside_ones
from nnmods.core.weighted import Weighted
from nnmods.kernels.example_products import example_products, product_sq_norms


class AffineSecondOrder(Weighted):
    """The part of `Affine` beyond its three verbs.

    The gradients of an example, which has T rows of x and of dC_dy::

        of the weight : dC_dy[n].T @ x[n],     squared |dC_dy[n]|^2 |x[n]|^2 where T = 1
        of the bias   : dC_dy[n].sum(axis=0)
    """

    @contextlib.contextmanager
    def apart(self):
        self._fits = False  # what is known is known of dC_dx
        try:
            with super().apart():
                yield
        finally:
            self._fits = False

    def per_example_grads(self, x, dC_dy):
        self._check(x, dC_dy)
        x, dC_dy = _by_example(x), _by_example(dC_dy)
        shape = len(x), *self.weight.shape
        grads = [self.work("weight by example", shape, self.weight.dtype)]
        example_products(dC_dy, x, grads[0])
        if self.bias is not None:
            grads.append(self.work("bias by example", shape[:2], self.bias.dtype))
            np.add.reduce(dC_dy, axis=1, out=grads[1])
        return grads

    def per_example_sq_norms(self, x, dC_dy):
        self._check(x, dC_dy)
        if x.ndim == 2:  # |dC_dy[n]|^2 (|x[n]|^2 + 1)
            norms = np.vecdot(x, x, dtype=np.result_type(x, dC_dy))  # uint8 would wrap
            if self.bias is not None:
                norms += 1
            return np.multiply(norms, np.vecdot(dC_dy, dC_dy))
        x, dC_dy = _by_example(x), _by_example(dC_dy)
        norms = product_sq_norms(dC_dy, x)
        if self.bias is not None:
            sums = dC_dy.sum(axis=1)
            norms += np.vecdot(sums, sums)
        return norms

    def kronecker_inputs(self, x):
        return beside_ones(_rows(x), self.bias is not None)

    def kronecker_outputs(self, dC_dy):
        return _rows(dC_dy)


def _rows(array):
    """Return (..., M) as (R, M)."""
    return array.reshape(prod(array.shape[:-1]), array.shape[-1])


def _by_example(array):
    """Return (N, ..., M) as (N, T, M); a vector is one example."""
    if array.ndim == 2:
        return array[:, None]
    n = len(array) if array.ndim > 1 else 1
    return array.reshape(n, prod(array.shape[1:-1]), array.shape[-1])
