"""KmeansSecondOrder: how the pull at centres changes, and its part of each sample."""

import numpy as np

from nnmods.core import Module, check, reuse


class KmeansSecondOrder(Module):
    """The part of `Kmeans` beyond its three verbs.

    The gradient is that of no dC_dy: of each sample and its nearest centre k it has
    s / count[k] (weight[k] - x[n]), which changes as its two arrays do.
    """

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        self.hvp(x, dC_dy, dx, dparams, scale)
        return self.backward(x, ddC_dy)  # 0, and the gradient is none of ddC_dy

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        self._check(x, dC_dy)
        check(self, "dx", dx, x.shape)
        dcentres = None
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            dcentres = dparams[0].astype(self.weight.dtype, copy=False)
        self._accumulate(x, dx, dcentres, scale)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x, d2C_dy2)
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, self.weight, x, d2C_dy2)
        self._d2C_dx2.fill(0)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check(x, d2C_dy2)  # y goes in steps; what is left is the pull's own
        if dC_dy is not None:
            ones, factors = self._pulls(x, x, None, scale)
            ones.fill(1)
            self._add_pulls(ones, factors)

    def per_example_grads(self, x, dC_dy):
        self._check(x, dC_dy)
        away, factors = self._pulls(x, x, self.weight, 1.0)
        grads = self.work("by example", (len(x), self.k, self.dim), self.weight.dtype)
        grads.fill(0)
        grads[np.arange(len(x)), self._nearest] = away * factors[:, None]
        return [grads]

    def per_example_sq_norms(self, x, dC_dy):
        self._check(x, dC_dy)
        away, factors = self._pulls(x, x, self.weight, 1.0)
        return np.einsum("nk,nk->n", away, away) * np.square(factors)
