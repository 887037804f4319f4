"""PReLUCurvature: second derivatives of `PReLU`, and gradients of single examples."""

import numpy as np

from nnmods.activations.leak import leak_share
from nnmods.activations.masks import above, constant
from nnmods.core import check


class PReLUCurvature:
    """Those of a product, min(x, 0) * weight: only the mixed ones are not 0.

    ::

        ddC_dx       = [x <= 0] * dweight * dC_dy
        grad_weight += scale * sum([x <= 0] * dx * dC_dy)
        d2C_dweight2 = sum(min(x, 0)^2 * d2C_dy2)
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        axis = self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        check(self, "dx", dx, x.shape)
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
        self._add(_turns, (x, dx, dC_dy), axis, scale)
        if dparams is None:
            return None
        out = self.work("ddC_dx", x.shape, self._output(x).dtype)
        _turns(x, self._by_plane(dparams[0], x), dC_dy, out, self.work)
        return out

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        # Without dC_dy: by x alone, y has no second derivative.
        return super().backward_diag_hessian(x, d2C_dy2)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        axis = self._check(x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        self._add(_squares, (x, d2C_dy2), axis, scale)

    def per_example_grads(self, x, dC_dy):
        axis = self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        terms = self.work("terms of examples", x.shape, self.weight.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            leak_share(x, dC_dy, terms, self.work)
            places = tuple(range(axis + 1 if self.n_output_plane else 1, x.ndim))
            sums = np.add.reduce(terms, axis=places)
        return [sums.reshape(-1, *self.weight.shape)]  # planes alone are one example


def _turns(x, dx, dC_dy, out, work):
    """Write [x <= 0] * dx * dC_dy; dx may be that of a weight as well."""
    above(x, 0, out, work)
    np.subtract(1, out, out=out)
    np.multiply(out, dx, out=out)
    np.multiply(out, dC_dy, out=out)


def _squares(x, d2C_dy2, out, work):
    """Write min(x, 0)^2 * d2C_dy2."""
    np.minimum(x, constant(0.0, out, work), out=out)
    np.square(out, out=out)
    np.multiply(out, d2C_dy2, out=out)
