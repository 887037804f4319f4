"""LinearMap: the family of modules linear in x, without parameters."""

from nnmods.core.inheriting import has_own_sweep
from nnmods.core.module import Module
from nnmods.core.selection import Selecting
from nnmods.core.workspace import Workspace


class LinearMap(Selecting):
    """A module whose `forward` is linear in x and has no parameters.

    A subclass writes `forward` and its transpose, `backward`. The Jacobian times a
    direction is then `forward` of the direction, on buffers of its own. A class here
    whose Jacobian has entries other than 0 and 1 writes `backward_diag_hessian` too;
    elsewhere that takes a `backward` for each entry of y, unless it is written.

    Examples
    --------
    >>> import numpy as np
    >>> class Half(LinearMap):
    ...     def forward(self, x):
    ...         return 0.5 * x
    ...     def backward(self, x, dC_dy):
    ...         return 0.5 * dC_dy
    >>> Half().jvp(np.ones(2), np.array([1.0, 3.0]))
    array([0.5, 1.5])
    """

    _results = (*Module._results, "_tangent_work")
    _tangent_work = None

    def __init_subclass__(cls):
        """Let a user's map square entries of any size: it promised no others."""
        super().__init_subclass__()
        selects = cls.backward_diag_hessian is LinearMap.backward_diag_hessian
        if selects and has_own_sweep(cls):
            cls.backward_diag_hessian = Module.backward_diag_hessian

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
