"""Weighted: the family of modules linear in x, and linear in each parameter."""

import contextlib

import numpy as np

from nnmods.core.module import Module
from nnmods.core.parameters import own_parameters


class Weighted(Module):
    """A module that is an affine map of x, and an affine map of its parameters.

    Such are `Linear`, the convolutions and lookups: y is a sum of products of an entry
    of x and one of a weight, and of offsets. Each product stands once. So the second
    derivatives take nothing but the three verbs, with other arrays:

    ::

        hvp           : backward(x, dC_dy) with dp in the place of p, and
                        acc_grad_params(dx, dC_dy)
        d2C_dx2       = backward(x, d2C_dy2) with p^2 in the place of p
        d2C_dp2       : acc_grad_params(x^2, d2C_dy2)

    Attributes
    ----------
    offsets : tuple of str, default=("bias",)
        The names of those parameters that are added, and multiplied by nothing.
    """

    offsets = ("bias",)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        kept = [
            (grad, grad.copy())
            for name, _, grad in own_parameters(self)
            if name in self.offsets
        ]
        self.acc_grad_params(dx, dC_dy, scale)
        for grad, value in kept:
            grad[...] = value
        if dparams is None:
            return None
        with self.replaced(dparams):
            return self.backward(x, dC_dy)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        squares = []
        for name, p, _ in own_parameters(self):
            squares.append(np.square(p, out=self.work(f"{name}^2", p.shape, p.dtype)))
        last, self.dC_dx = self.dC_dx, self._d2C_dx2
        try:
            with self.replaced(squares):
                self._d2C_dx2 = self.backward(x, d2C_dy2)
        finally:
            self.dC_dx = last
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        square = self.work("x^2", x.shape, np.result_type(x, d2C_dy2))
        self.acc_grad_params(np.square(x, out=square), d2C_dy2, scale)

    @contextlib.contextmanager
    def replaced(self, arrays):
        """Let other arrays stand in the places of the parameters, in their order."""
        own = [(name, p) for name, p, _ in own_parameters(self)]
        for (name, _), array in zip(own, arrays, strict=True):
            vars(self)[name] = array
        try:
            yield
        finally:
            for name, p in own:
                vars(self)[name] = p
