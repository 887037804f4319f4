"""ModuleCurvature: second derivatives of a cost through a module."""

import numpy as np

from nnmods.core.rows import unchanged
from nnmods.core.tables import check_like, map_table, reuse_table


class ModuleCurvature:
    """Mixin of `ModuleCriterion`.

    ::

        H = (df/dy)^T H_C (df/dy) + the Hessian of <dC/df, f(y)> by y

    with f the input module, and H_C the Hessian of the criterion by f.
    """

    def hvp(self, y, target, dy):
        f = self.input_module
        if f is None:
            self._ddC_dy = self.criterion.hvp(*self._through(y, target, False), dy)
            return self._ddC_dy
        check_like(self, "dy", dy, y)
        z, goal = self._through(y, target, anew=False)
        dC_dz = self.criterion.backward(z, goal)
        f.backward(y, dC_dz)  # a container's own second sweep needs the first
        ddC_dz = self.criterion.hvp(z, goal, f.jvp(y, dy))
        with unchanged(f.parameters()[1]):  # they are not trained
            product = f.backprop_jvp(y, dC_dz, dy, ddC_dz)
        self._ddC_dy = reuse_table(self._ddC_dy, self, product, dy)
        map_table(np.copyto, self._ddC_dy, product)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        if self.input_module is not None:
            return super().diag_hessian(y, target)
        return self.criterion.diag_hessian(*self._through(y, target, anew=False))
