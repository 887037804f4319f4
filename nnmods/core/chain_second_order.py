"""ChainSecondOrder: the chain rule of second derivatives, for containers."""

import numpy as np

from nnmods.core.arrays import same
from nnmods.core.tables import copied, map_table


class ChainSecondOrder:
    """The verbs of curvature of a wiring, which `push` and `pull` say for values too.

    `backprop_jvp` needs the last `backward` of the same dC_dy, and the last `jvp` along
    the same direction: what they brought to each child is remembered.
    """

    _tangents = _direction = _curvatures = None
    _owned = False  # whether the remembered gradients are copies

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        none = map_table(lambda a: np.zeros(a.shape, a.dtype), dC_dy)
        return self.backprop_jvp(x, dC_dy, dx, none, dparams, scale)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        self._need_gradients(x, dC_dy, "backprop_jvp")
        if self._tangents is None or not same(
            direction_of(dx, dparams), self._direction
        ):
            raise RuntimeError(
                f"{type(self).__name__}: backprop_jvp needs jvp(x, dx, dparams) first"
            )
        shares = self._shares(dparams)

        def visit(i, ddC_dy, input_grad=True):
            child, x, dC_dy = self.modules[i], self._inputs[i], self._grads[i]
            try:
                return child.backprop_jvp(
                    x, dC_dy, self._tangents[i], ddC_dy, shares[i], scale
                )
            except Exception as err:
                self._locate(err, i)
                raise

        return self.pull(ddC_dy, visit, True)

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

    def _need_gradients(self, x, dC_dy, verb):
        """Raise unless the last `backward` was of these; from now on hold copies.

        The second sweep back writes to the very buffers in which the children returned
        the gradients of the first.
        """
        self._check_last(x, dC_dy, verb)
        if not self._owned:
            self._own_gradients({})

    def _own_gradients(self, known):
        """Put copies in the place of gradients, here and in containers below."""

        def own(value):
            if value is None:
                return None
            if id(value) not in known:
                known[id(value)] = value, copied(value)
            return known[id(value)][1]

        if self._grads is None or self._owned:
            return
        self._grads, self._dC_dy = [own(grad) for grad in self._grads], own(self._dC_dy)
        self._owned = True
        for child in self.modules:
            if isinstance(child, ChainSecondOrder):
                child._own_gradients(known)


def direction_of(dx, dparams):
    """Return a direction of `jvp` as a table, by which it is known again."""
    return [dx, [] if dparams is None else list(dparams)]
