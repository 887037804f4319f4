"""ChainDiagonals: the chain rule of diagonals of the Hessian, for containers."""

from nnmods.core.arrays import same
from nnmods.core.kept_gradients import KeptGradients
from nnmods.core.tables import held


class ChainDiagonals(KeptGradients):
    """The verbs of curvature, entry by entry: each child's own, one after the other.

    What `backward_diag_hessian` brings to each child is remembered until the next
    sweep, and `acc_diag_hessian_params` of the same d2C_dy2 uses it.
    """

    _curvatures = _d2C_dy2 = None

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check_x(x)
        if dC_dy is not None:
            self._check_last(x, dC_dy, "backward_diag_hessian")
        self._own_gradients({})  # acc_grad_params may want them afterwards
        curvatures, self._curvatures = [None] * len(self.modules), None

        def visit(i, d2C_dy2, input_grad=True):
            curvatures[i] = d2C_dy2
            own = None if dC_dy is None else self._grads[i]
            try:
                return self.modules[i].backward_diag_hessian(
                    self._inputs[i], d2C_dy2, own
                )
            except Exception as err:
                self._locate(err, i)
                raise

        d2C_dx2 = self.pull(d2C_dy2, visit, True)
        self._curvatures, self._d2C_dy2 = curvatures, held(d2C_dy2)
        return d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check_x(x)
        if dC_dy is not None:
            self._check_last(x, dC_dy, "acc_diag_hessian_params")
        if self._curvatures is None or not same(d2C_dy2, self._d2C_dy2):
            raise RuntimeError(
                f"{type(self).__name__}: acc_diag_hessian_params needs "
                "backward_diag_hessian(x, d2C_dy2) first"
            )
        for i, child in enumerate(self.modules):
            if self._curvatures[i] is None:  # nothing came by
                continue
            own = None if dC_dy is None else self._grads[i]
            try:
                child.acc_diag_hessian_params(
                    self._inputs[i], self._curvatures[i], scale, own
                )
            except Exception as err:
                self._locate(err, i)
                raise
