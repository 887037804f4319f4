"""LinearMap: the family of modules linear in x, without parameters."""

from nnmods.core.module import Module
from nnmods.core.selection import Selecting
from nnmods.core.workspace import Workspace


class LinearMap(Selecting):
    """A module whose `forward` is linear in x and has no parameters.

    A subclass writes `forward` and its transpose, `backward`. The Jacobian times a
    direction is then `forward` of the direction, on buffers of its own. Where the
    entries of its Jacobian are not all 0 or 1, it writes `backward_diag_hessian` too.
    """

    _results = (*Module._results, "_tangent_work")
    _tangent_work = None

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
        work, self.work = self.work, self._tangent_work or Workspace()
        try:
            super().backward_diag_hessian(x, d2C_dy2)
            self._tangent_work = self.work
        finally:
            self.work = work
        return self._d2C_dx2
