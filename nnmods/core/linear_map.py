"""LinearMap: the family of modules linear in x, without parameters."""

from nnmods.core.module import Module
from nnmods.core.workspace import Workspace


class LinearMap(Module):
    """A module whose `forward` is linear in x and has no parameters.

    A subclass writes `forward` and its transpose, `backward`. The Jacobian times a
    direction is then `forward` of the direction, on buffers of its own. Where the
    entries of its Jacobian are not all 0 or 1, it writes `backward_diag_hessian` too.
    """

    _results = (*Module._results, "_tangent_work")
    _tangent_work = None
    curved = False

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        values = self.y, self.work, self._x  # still needed by whoever uses y
        self.y, self.work = self._dy, self._tangent_work or Workspace()
        try:
            self._dy = self.forward(dx)
            self._tangent_work = self.work
        finally:
            self.y, self.work, self._x = values
        return self._dy

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        values = self.dC_dx, self.work
        self.dC_dx, self.work = self._d2C_dx2, self._tangent_work or Workspace()
        try:
            self._d2C_dx2 = self.backward(x, d2C_dy2)  # squares of 0 and 1 are the same
            self._tangent_work = self.work
        finally:
            self.dC_dx, self.work = values
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn
