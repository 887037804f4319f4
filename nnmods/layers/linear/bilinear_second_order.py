"""BilinearSecondOrder: the second derivatives of a bilinear form."""

import numpy as np

from nnmods.core.tables import check_like
from nnmods.core.weighted import Weighted
from nnmods.layers.linear.forms import by_first, half


class BilinearSecondOrder(Weighted):
    """The part of `Bilinear` beyond its three verbs.

    Each verb back is linear in each of x[0], x[1] and the weight that it uses: `hvp`
    is the sum of the same verbs with one of these changed for its direction.
    """

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        if dparams is not None:
            check_like(self, "dparams", dparams, self.parameters()[0])
        with self.still_offsets():
            self.acc_grad_params([dx[0], x[1]], dC_dy, scale)
            self.acc_grad_params([x[0], dx[1]], dC_dy, scale)
        ddC_dx = self.backward(dx, dC_dy)  # each by the other
        if dparams is not None:
            with self.replaced(dparams), self.apart():
                for total, part in zip(ddC_dx, self.backward(x, dC_dy), strict=True):
                    np.add(total, part, out=total)
        return ddC_dx

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x, d2C_dy2)
        first = by_first(self.weight, self.work)
        found = []
        for other, weight in ((x[1], self.weight.transpose(2, 0, 1)), (x[0], first)):
            dtype = np.result_type(other, d2C_dy2, weight)
            slopes = half(other, weight, dtype, self.work)
            np.square(slopes, out=slopes)  # of y[n, k] by each entry of the one
            found.append(np.matmul(d2C_dy2[:, None], slopes)[:, 0])
        self._d2C_dx2 = found
        return found

    def per_example_grads(self, x, dC_dy):
        N = self._check(x, dC_dy)
        out, in1, in2 = self.weight.shape
        grad = self.work("by example", (N, out, in1, in2), self.weight.dtype)
        products = self._outer(x, dC_dy).reshape(N, out, 1, in2)
        np.multiply(products, x[0][:, None, :, None], out=grad, casting="same_kind")
        if self.bias is None:
            return [grad]
        return [grad, dC_dy.astype(self.bias.dtype)]

    def per_example_sq_norms(self, x, dC_dy):
        self._check(x, dC_dy)
        dtype = np.result_type(*x, dC_dy)  # the squares of integers would wrap
        a, b, c = (np.vecdot(d, d, dtype=dtype) for d in (*x, dC_dy))
        return c * (a * b + (self.bias is not None))
