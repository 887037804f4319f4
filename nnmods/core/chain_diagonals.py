"""ChainDiagonals: the chain rule of diagonals of the Hessian, for containers."""

from nnmods.core.kept_gradients import KeptGradients


class ChainDiagonals(KeptGradients):
    """The verbs of curvature, entry by entry: each child's own, one after the other.

    What `backward_diag_hessian` brings to each child is remembered, and
    `acc_diag_hessian_params` uses it.
    """

    _curvatures = None

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check_x(x)
        if dC_dy is not None:
            self._need_gradients(x, dC_dy, "backward_diag_hessian")
        elif not self._owned:
            self._own_gradients({})  # what acc_grad_params may want afterwards
        self._curvatures = [None] * len(self.modules)

        def visit(i, d2C_dy2, input_grad=True):
            self._curvatures[i] = d2C_dy2
            own = None if dC_dy is None else self._grads[i]
            try:
                return self.modules[i].backward_diag_hessian(
                    self._inputs[i], d2C_dy2, own
                )
            except Exception as err:
                self._locate(err, i)
                raise

        return self.pull(d2C_dy2, visit, True)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check_x(x)
        if dC_dy is not None:
            self._need_gradients(x, dC_dy, "acc_diag_hessian_params")
        if self._curvatures is None:
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
