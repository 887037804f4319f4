"""Selecting: the family of modules whose Jacobian has entries 0 and 1 only."""

from nnmods.core.module import Module


class Selecting(Module):
    """A module without parameters that moves entries of x, picks them or adds them up.

    Each entry of y is a sum of entries of x, the same ones as long as x stays on its
    side of a kink. So there is no curvature, and as the squares of 0 and 1 are 0 and 1,
    second derivatives go the way of the first ones:

    ::

        d2C_dx2 = backward(x, d2C_dy2)

    A subclass writes `forward`, `backward` and `jvp`.

    Examples
    --------
    >>> import numpy as np
    >>> class Fold(Selecting):
    ...     def forward(self, x):
    ...         return x + x[::-1]
    ...     def backward(self, x, dC_dy):
    ...         return dC_dy + dC_dy[::-1]
    >>> Fold().backward_diag_hessian(np.ones(2), np.array([1.0, 5.0]))
    array([6., 6.])
    """

    curved = False

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        last, self.dC_dx = self.dC_dx, self._d2C_dx2
        try:
            self._d2C_dx2 = self.backward(x, d2C_dy2)
        finally:
            self.dC_dx = last
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn
