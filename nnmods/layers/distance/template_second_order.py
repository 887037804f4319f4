"""TemplateSecondOrder: the second derivatives of distances from templates."""

import numpy as np

from nnmods.core import Module, check, rows
from nnmods.core.tables import check_like


class TemplateSecondOrder(Module):
    """The part of `TemplateDistances` beyond its three verbs.

    With s = c d, the slope times y, and primes for changes along a direction::

        d'      = c (dx - dw) + c' (x - w)          s' = c d' + c' d
        y'      = sum_i d d' / y                    q' = -q y' / (y + 1e-7)
        ddC_dx  = (s' q + s q').sum(over out)       and so for the parameters

    At distance 0, y' counts as 0.
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        q = self._quotients(x, dC_dy).copy()
        check(self, "dx", dx, x.shape)
        d, slope = self._d, self._slope()
        dx = dx.reshape(len(d), self.in_features)
        ddiff = np.repeat(dx[:, :, None], self.out_features, axis=2)
        if dparams is not None:
            check_like(self, "dparams", dparams, self.parameters()[0])
            ddiff = ddiff - dparams[0]
        dd, dslope = self._turned(x, ddiff, dparams)
        y = self.y.reshape(q.shape)
        dy = np.einsum("nio,nio->no", d, dd) / np.where(y == 0, 1, y)
        dq = -q * dy / (y + 1e-7)
        turned = dslope * q[:, None] + slope * dq[:, None]
        self._pass_on(x, turned, ddiff, dd, q, dq, scale)
        return turned.sum(axis=2).reshape(x.shape)

    def _turned(self, x, ddiff, dparams):
        """Return d' and s'."""
        return ddiff, ddiff

    def _pass_on(self, x, turned, ddiff, dd, q, dq, scale):
        """Add to the gradients what changes there."""
        self.grad_weight -= scale * turned.sum(axis=0)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        h = self._square_quotients(x, d2C_dy2)
        squares = np.square(self._slope())
        self._d2C_dx2 = np.einsum("nio,no->ni", squares, h).reshape(x.shape)
        if dC_dy is not None:
            rows.add_own_inputs(self, x, dC_dy, self._d2C_dx2)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        h = self._square_quotients(x, d2C_dy2)
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, d2C_dy2.shape)
        for terms, grad in self._slopes_of_parameters(x):
            self._accumulate(np.square(terms), h, grad, scale)
        if dC_dy is not None:
            rows.add_own_params(self, x, dC_dy, scale)

    def per_example_grads(self, x, dC_dy):
        q = self._quotients(x, dC_dy).copy()
        return [terms * q[:, None] for terms, _ in self._slopes_of_parameters(x)]

    def per_example_sq_norms(self, x, dC_dy):
        squares = np.square(self._quotients(x, dC_dy))
        return sum(
            np.einsum("nio,nio,no->n", terms, terms, squares)
            for terms, _ in self._slopes_of_parameters(x)
        )

    def _slopes_of_parameters(self, x):
        """Yield y times dy / dp, and the gradient, of each parameter p."""
        yield -self._slope(), self.grad_weight

    def _square_quotients(self, x, d2C_dy2):
        """Return d2C_dy2 / (y + 1e-7)^2, once d and y are those of x."""
        h = self._quotients(x, d2C_dy2).copy()
        return np.divide(h, self._lengths(h.dtype), out=h)
