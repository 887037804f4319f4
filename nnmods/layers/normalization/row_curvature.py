"""RowCurvature: second derivatives and single examples of `RowStatistics`."""

import numpy as np

from nnmods.core import check
from nnmods.core.examples import sq_norms
from nnmods.core.tables import check_like
from nnmods.kernels.blocks import quiet_rows
from nnmods.layers.normalization.channel_curvature import (
    add_own_diagonal,
    square_jacobian,
    turn_jacobian,
)
from nnmods.layers.normalization.folding import in_order
from nnmods.layers.normalization.row_parameters import RowParameters


class RowCurvature(RowParameters):
    """The verbs of curvature and of single examples of `RowStatistics`.

    ::

        J v          = (v - mean(v) - xhat * mean(xhat * v)) * invstd   (of each row)
        invstd       = 1 / sqrt(var + eps)
        v            = weight * dC_dy
        ddC_dx       = d(J v) + J (dweight * dC_dy)
        grad_weight += scale * sum(dC_dy * J dx)        (over all that share it)

        a, b, c      = mean(xhat * v), mean(xhat * dx), mean(v * (dx - mean(dx)))
        d(J v)       = -invstd^2 (b (v - mean(v)) + a (dx - mean(dx))
                                  + (c - 3 a b) xhat)

    Where the rows of one example depend on another one, `per_example_grads` gives its
    share of the gradients' sums, with xhat as the batch has it.
    """

    _results = (*RowParameters._results, "_turned")
    _turned = None  # the last result of hvp
    center = True

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        check(self, "dx", dx, x.shape)
        if dparams is not None:
            check_like(self, "dparams", dparams, self.parameters()[0])
        self._turned = out = self._buffer(self._turned, dC_dy, x, dx)
        v = in_order(dC_dy, out.dtype, self.work, "v")
        dx = in_order(dx, out.dtype, self.work, "dx")
        part = self.work("J v", x.shape, out.dtype)
        with quiet_rows(x.size):
            if self.weight is not None:
                self._times_jacobian(x, dx, part, True)
                self._add_products(v, part, scale)
            self._turn_jacobian(x, self._weighted(v, self.weight), dx, out)
            if self.weight is not None and dparams:
                self._times_jacobian(x, self._weighted(v, dparams[0]), part)
                np.add(out, part, out=out)
        return out

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        h, v = d2C_dy2, d2C_dy2 if dC_dy is None else dC_dy
        check(self, "dC_dy", v, x.shape)
        self._d2C_dx2 = out = self._buffer(self._d2C_dx2, h, v, x)
        h = in_order(h, out.dtype, self.work, "h")
        v = None if dC_dy is None else in_order(v, out.dtype, self.work, "v")
        with quiet_rows(x.size):
            squares = None if self.weight is None else np.square(self.weight)
            self._square_jacobian(x, self._weighted(h, squares), out)
            if v is not None:
                self._add_own_diagonal(x, self._weighted(v, self.weight), out)
        return out

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check(x)
        check(self, "d2C_dy2", d2C_dy2, x.shape)
        if self.weight is not None:
            xhat = self._xhat(x)
            h = in_order(d2C_dy2, xhat.dtype, self.work, "v")
            with quiet_rows(x.size):
                self._accumulate(h, np.square(xhat, out=xhat), scale)

    def per_example_grads(self, x, dC_dy):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        if self.weight is None:
            return []
        xhat = self._xhat(x)
        v = in_order(dC_dy, xhat.dtype, self.work, "v")
        with quiet_rows(x.size):
            np.multiply(xhat, v, out=xhat)
            return [self._by_example(a, x) for a in (xhat, v)[: len(self._weights())]]

    def per_example_sq_norms(self, x, dC_dy):
        grads, n = self.per_example_grads(x, dC_dy), self._n_examples(x)
        return sq_norms(grads, n, self.dtype)

    def _turn_jacobian(self, x, v, dx, out):
        """Write d(J v) along ``dx`` into ``out``."""
        if x.size:
            self._of_rows(turn_jacobian, 4, x, (v, dx), out)

    def _square_jacobian(self, x, h, out):
        """Write sum_i h_i J_ij^2 into ``out``."""
        if x.size:
            self._of_rows(square_jacobian, 3, x, (h,), out)

    def _add_own_diagonal(self, x, v, out):
        """Add the derivative of entry j of J v by x_j to ``out``."""
        if x.size:
            self._of_rows(add_own_diagonal, 2, x, (v,), out)

    def _of_rows(self, function, n_found, x, arrays, out):
        """Call a function of `channel_curvature` with rows and without a weight."""
        x3 = self._rows(self._input(x, out.dtype))
        mean, invstd = self._statistics(x, x3)
        found = self.work(("sums", n_found), (n_found, *mean.shape), out.dtype)
        rows, rest = [self._rows(a) for a in arrays], (found, self.work, self.center)
        function(x3, *rows, mean, invstd, None, self._rows(out), *rest)

    def _by_example(self, a, x):
        """Return the sums (N, *shape of a parameter) over what shares a parameter."""
        N, cut = self._n_examples(x), self._cut(a)
        parts = cut.reshape(N, len(cut) // max(N, 1), *cut.shape[1:])
        sums = np.add.reduce(parts, axis=(1, 3))
        return sums.reshape(N, *self.weight.shape)

    def _n_examples(self, x):
        """Return how many there are; one row alone is one."""
        own = 0 if self.weight is None else self.weight.ndim
        return len(x) if x.ndim > own else 1
