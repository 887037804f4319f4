"""Weighted: the family of modules linear in x, and linear in each parameter."""

import contextlib

import numpy as np

from nnmods.core.module import Module
from nnmods.core.parameters import own_parameters
from nnmods.core.rows import unchanged
from nnmods.core.tables import check_like, map_table


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
    slopes : tuple of str, default=("dC_dx",)
        The names of the attributes in which `backward` keeps the memory of its result.
    """

    offsets = ("bias",)
    slopes = ("dC_dx",)
    _results = (*Module._results, "_memory_apart")
    _memory_apart = None  # what the slopes are while d2C_dx2 is computed

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        if dparams is not None:
            own = [p for _, p, _ in own_parameters(self)]
            check_like(self, "dparams", dparams, own)
        with self.still_offsets():
            self.acc_grad_params(dx, dC_dy, scale)
        if dparams is None:
            return None
        with self.replaced(dparams):
            return self.backward(x, dC_dy)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        with self.replaced(self.squares()), self.apart():
            self._d2C_dx2 = self.backward(x, d2C_dy2)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        def square(a):
            return np.square(a, dtype=np.result_type(a, d2C_dy2))

        self.acc_grad_params(map_table(square, x), d2C_dy2, scale)

    def squares(self):
        """Return the squares of the parameters, in scratch memory."""
        return [
            np.square(p, out=self.work(f"{name}^2", p.shape, p.dtype))
            for name, p, _ in list(own_parameters(self))  # work may be new in self
        ]

    @contextlib.contextmanager
    def replaced(self, arrays):
        """Let other arrays stand in the places of the parameters, in their order."""
        own = [(name, p) for name, p, _ in own_parameters(self)]
        try:
            for (name, _), array in zip(own, arrays, strict=True):
                vars(self)[name] = array
            yield
        finally:
            for name, p in own:
                vars(self)[name] = p

    def still_offsets(self):
        """Leave the gradients of the offsets as they are, in a with statement."""
        own = own_parameters(self)
        return unchanged([grad for name, _, grad in own if name in self.offsets])

    @contextlib.contextmanager
    def apart(self):
        """Let `backward` write its result to memory other than that of dC_dx."""
        before = {name: getattr(self, name) for name in self.slopes}
        vars(self).update(self._memory_apart or dict.fromkeys(self.slopes))
        try:
            yield
        finally:
            self._memory_apart = {name: getattr(self, name) for name in self.slopes}
            vars(self).update(before)
