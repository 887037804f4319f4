"""Passing: the family of modules whose y is x, and whose dC_dx is their own."""

from nnmods.core import Module
from nnmods.core.tables import check_like


class Passing(Module):
    """Pass x on, an array or a table, and do to the gradient what a subclass writes.

    It writes `gradient` for `backward`, and `direction` for `jvp` where that is not dx
    itself: the linear part of what the gradient undergoes, transposed. Likewise
    `curvature`, for `backward_diag_hessian`, where that is not d2C_dy2 itself.
    """

    surrogate = True
    curved = False

    def check_x(self, x):
        """Raise unless ``x`` is an input for this module."""
        check_like(self, "x", x, x)

    def gradient(self, x, dC_dy):
        """Return dC_dx."""
        raise NotImplementedError(f"{self!r}: gradient(x, dC_dy) is not written")

    def direction(self, x, dx):
        """Return dy."""
        return dx

    def curvature(self, x, d2C_dy2, dC_dy):
        """Return d2C_dx2, with the module's own part if ``dC_dy`` is not None."""
        return d2C_dy2

    def forward(self, x):
        self.check_x(x)
        self.y = x
        return x

    def backward(self, x, dC_dy):
        self.check_x(x)
        check_like(self, "dC_dy", dC_dy, x)
        self.dC_dx = self.gradient(x, dC_dy)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        self.check_x(x)
        check_like(self, "dx", dx, x)
        self._dy = self.direction(x, dx)
        return self._dy

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self.check_x(x)
        check_like(self, "d2C_dy2", d2C_dy2, x)
        self._d2C_dx2 = self.curvature(x, d2C_dy2, dC_dy)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn
