"""CosineSecondOrder: the second derivatives of angles to templates."""

import numpy as np

from nnmods.core import Module, check, rows
from nnmods.layers.distance.row_pairs import row_dots


class CosineSecondOrder(Module):
    """The part of `Cosine` beyond its three verbs.

    With the units u of x and w of the weight, and g = dC_dy, both gradients are
    (s - r u) / |x| for s = g @ w and r = sum_j g y, and likewise for the weight. Along
    a direction u' = (dx - u (u . dx)) / |x|, w' likewise and y' = w' . u + w . u'::

        ddC_dx = (g @ w' - r' u - r u' - dC_dx (u . dx)) / |x|
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        _, y, g = self._prepare(x, dC_dy)
        check(self, "dx", dx, x.shape)
        u, x_norm, w, w_norm = self._units(x)
        dw = None
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            dw, along_w = _turned(w, w_norm, dparams[0])
        du, along_x = _turned(u, x_norm, dx.reshape(u.shape))
        dy = du @ w.T
        if dw is not None:
            dy += u @ dw.T
        g_y, g_dy = g * y, g * dy

        r, dr = (a.sum(axis=1, keepdims=True) for a in (g_y, g_dy))
        ddC_dx = -dr * u - r * du - along_x * (g @ w - r * u) / x_norm
        if dw is not None:
            ddC_dx += g @ dw
        r, dr = (a.sum(axis=0)[:, None] for a in (g_y, g_dy))
        grad = g.T @ du - dr * w
        if dw is not None:
            grad -= r * dw + along_w * (g.T @ u - r * w) / w_norm
        self.grad_weight += scale * grad / w_norm
        return (ddC_dx / x_norm).reshape(x.shape)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        _, _, h = self._prepare(x, d2C_dy2)
        u, x_norm, w, _ = self._units(x)
        slopes = self._across(w, u[:, None])  # times |x|
        found = np.einsum("no,noi->ni", h, np.square(slopes, out=slopes))
        self._d2C_dx2 = (found / np.square(x_norm)).reshape(x.shape)
        if dC_dy is not None:
            rows.add_own_inputs(self, x, dC_dy, self._d2C_dx2)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        _, _, h = self._prepare(x, d2C_dy2)
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, d2C_dy2.shape)
        u, _, w, w_norm = self._units(x)
        slopes = self._across(u[:, None], w)  # times |weight|
        found = np.einsum("no,noi->oi", h, np.square(slopes, out=slopes))
        self.grad_weight += scale * found / np.square(w_norm)
        if dC_dy is not None:
            rows.add_own_params(self, x, dC_dy, scale)

    def per_example_grads(self, x, dC_dy):
        _, _, g = self._prepare(x, dC_dy)
        u, _, w, w_norm = self._units(x)
        grads = self._across(u[:, None], w)
        grads *= (g / w_norm[:, 0])[:, :, None]
        return [grads]

    def per_example_sq_norms(self, x, dC_dy):
        _, y, g = self._prepare(x, dC_dy)
        u, _, w, w_norm = self._units(x)
        uu, ww = (np.einsum("ni,ni->n", a, a) for a in (u, w))
        across = uu[:, None] - np.square(y) * (2 - ww)  # |u - y w|^2
        np.maximum(across, 0, out=across)
        return np.einsum("no,no->n", np.square(g / w_norm[:, 0]), across)

    def _across(self, a, b):
        """Return a - y b for each sample and template, (N, out, in)."""
        y = self._rows(self.y)[:, :, None]
        found = self.work("across", (*y.shape[:2], self.in_features), y.dtype)
        np.multiply(y, b, out=found)
        return np.subtract(a, found, out=found)

    def _units(self, x):
        """Return u, |x| and w, |weight|: rows of length 1, and columns."""
        weight_norm = self._weight_norm[:, None]
        u = self._check(x) / self._x_norm
        return u, self._x_norm, self.weight / weight_norm, weight_norm


def _turned(unit, norm, direction):
    """Return how a unit of rows changes, and what of the direction is along it."""
    along = row_dots(unit, direction, np.empty(len(unit), unit.dtype))[:, None]
    return (direction - unit * along) / norm, along
