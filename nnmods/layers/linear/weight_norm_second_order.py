"""WeightNormSecondOrder: the second derivatives of lengths and directions."""

import numpy as np

from nnmods.core import Module, reuse
from nnmods.core.examples import sq_norms
from nnmods.kernels.products import product


class WeightNormSecondOrder(Module):
    """The part of `LinearWeightNorm` that says how its weight bends with g and v.

    With the direction u = v / norm, the gradient of the weight G, and a = sum(G u) of
    each row, primes for changes along (dg, dv)::

        grad_g  = a                      grad_v  = g / norm (G - a u)
        norm'   = sum(u dv)              u'      = (dv - u norm') / norm
        grad_g' = a' = sum(G u')
        grad_v' = (dg - g norm' / norm) / norm (G - a u) - g / norm (a' u + a u')

    and G' = dC_dy.T @ dx is passed on as G is. Where ``eps`` stands for |v|, norm' is 0
    and so are the terms with a in the gradient of v.
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        if dparams is not None:
            self._check_direction(dparams)
        with self.still_offsets():
            self.acc_grad_params(dx, dC_dy, scale)
        if dparams is None:
            return None
        G = self._shares_of(x, dC_dy, scale).of_weight
        self._add_bend(G, *dparams[:2])
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.v)
        self._fits = False
        return product(dC_dy, self._weight_direction(dparams), self.dC_dx)

    def _add_bend(self, G, dv, dg):
        norm, g, u = self.norm, self.g, self.v / self.norm
        free = norm > self.eps
        change = row_sums(u, dv) * free
        du = (dv - u * change) / norm
        a, da = row_sums(G, u), row_sums(G, du)
        self.grad_g += da
        self.grad_v += (dg - g * change / norm) / norm * (G - a * u * free)
        self.grad_v -= g / norm * (da * u + a * du) * free

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x, d2C_dy2)
        self._make_weight()
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, d2C_dy2, self.v)
        return product(d2C_dy2, np.square(self.weight), self._d2C_dx2)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check(x, d2C_dy2)
        if dC_dy is not None:
            self._check(x, dC_dy)
        self._make_weight()
        g, norm, u = self.g, self.norm, self.v / self.norm
        free, rows = norm > self.eps, x.reshape(-1, self.in_features)
        h = d2C_dy2.reshape(len(rows), self.out_features)
        along = rows @ u.T  # (N, out): dy / dg
        # The slopes dy / dv are g / norm times this, (N, out, in)
        across = rows[:, None] - along[:, :, None] * (u * free)
        np.square(across, out=across)
        curvature = np.einsum("no,noi->oi", h, across)
        self.grad_v += scale * np.square(g / norm) * curvature
        self.grad_g += scale * np.einsum("no,no->o", h, np.square(along))[:, None]
        if self.bias is not None:
            self.grad_bias += scale * h.sum(axis=0)
        if dC_dy is not None:
            G = self._shares_of(x, dC_dy, scale).of_weight
            a, uu = row_sums(G, u), np.square(u)
            own = g / np.square(norm) * (2 * u * G + a * (1 - 3 * uu))
            self.grad_v -= own * free

    def per_example_grads(self, x, dC_dy):
        self._check(x, dC_dy)
        self._make_weight()
        G, *bias = super().per_example_grads(x, dC_dy)  # of the weight
        u = self.v / self.norm
        a = row_sums(G, u)
        G -= a * (u * (self.norm > self.eps))
        G *= self.g / self.norm
        return [G, a, *bias]

    def per_example_sq_norms(self, x, dC_dy):
        grads = self.per_example_grads(x, dC_dy)
        return sq_norms(grads, len(grads[0]), self.dtype)


def row_sums(a, b):
    """Return the sums of a * b over the last axis, which stays, of length 1."""
    return np.einsum("...i,...i->...", a, b)[..., None]
