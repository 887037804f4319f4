"""SparseAffine: the family of affine maps of inputs that are mostly 0."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.tables import check_like
from nnmods.kernels.products import column_sums, product
from nnmods.kernels.sparse import add_product, add_transposed_product, scratch
from nnmods.layers.linear.indices import INTP
from nnmods.layers.linear.sparse_second_order import SparseSecondOrder


class SparseAffine(SparseSecondOrder):
    """Affine map of samples that are given as keys and values.

    Sample n has the numbers ``values[i]`` at the places ``keys[i]``, for i from
    ``starts[n]`` to ``starts[n + 1] - 1``; a key that occurs twice adds up::

        y[n]                = sum_i values[i] rows[keys[i]] + bias
        grad_rows[keys[i]] += scale * values[i] dC_dy[n]
        grad_bias          += scale * dC_dy.sum(axis=0)
        gradient by place   = dC_dy @ rows.T        (N, in), by `_dense_gradient`

    A subclass sets ``in_features``, ``out_features``, ``weight`` and ``bias``, and
    says with ``_view(weight)`` where the rows (in, out) stand in a weight, with
    ``_read(x)`` what the keys, values and starts of x are, and whether it is a single
    sample, and with ``backward`` how the gradient by x is written.
    """

    def forward(self, x):
        keys, values, starts, single = self._read(x)
        values, _ = self._used(x, keys, values, True)
        N = len(starts) - 1
        shape = (self.out_features,) if single else (N, self.out_features)
        self.y = reuse(self.y, shape, values, self.bias)
        self.y[...] = self.bias
        y, rows = self.y.reshape(N, self.out_features), self._view(self.weight)
        add_product(starts, keys, values, rows, y, self.work)
        return self.y

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        keys, values, starts, single = self._read(x)
        dC_dy = self._batch(dC_dy, starts, single)
        values, _ = self._used(x, keys, values)
        self._accumulate(keys, values, starts, dC_dy, scale)
        self._accumulate_rest(keys, starts, dC_dy, self.weight, scale)
        self._accumulate_bias(dC_dy, scale)

    def _accumulate(self, keys, values, starts, dC_dy, scale):
        """Add what these values make of dC_dy to the gradient of the rows."""
        factors = scratch(self.work, "factors", len(values), self.weight.dtype)
        np.multiply(values, scale, out=factors, casting="same_kind")
        rows = self._view(self.grad_weight)
        add_transposed_product(starts, keys, factors, dC_dy, rows, self.work)

    def _accumulate_bias(self, dC_dy, scale):
        shape = (self.out_features,)
        share = column_sums(dC_dy, self.work("bias", shape, self.bias.dtype))
        np.multiply(share, scale, out=share)
        self.grad_bias += share

    def _accumulate_rest(self, keys, starts, dC_dy, weight, scale):
        """Add to the gradients of columns beside the rows, where there are any."""

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        keys, values, starts, single = self._read(x)
        values, slopes = self._used(x, keys, values)
        dvalues = self._direction(self._read_direction(dx), slopes, keys, dparams)
        N = len(starts) - 1
        shape = (self.out_features,) if single else (N, self.out_features)
        self._dy = reuse(self._dy, shape, dvalues, self.bias)
        dy = self._dy.reshape(N, self.out_features)
        dy.fill(0)
        add_product(starts, keys, dvalues, self._view(self.weight), dy, self.work)
        if dparams is not None:
            for i, p in enumerate((self.weight, self.bias)):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
            rows = self._view(dparams[0])
            add_product(starts, keys, values, rows, dy, self.work)
            dy += dparams[1]
        return self._dy

    def _used(self, x, keys, values, forward=False):
        """Return what a subclass makes of the values, and the slopes of that."""
        return values, None

    def _direction(self, dvalues, slopes, keys, dparams):
        """Return how what was made of the values changes."""
        return dvalues

    def _dense_gradient(self, dC_dy):
        """Return the gradient by all places, 0 or not, of each sample."""
        dtype = np.result_type(dC_dy, self.weight)
        dense = self.work("dense", (len(dC_dy), self.in_features), dtype)
        return product(dC_dy, self._view(self.weight).T, dense)

    def _batch(self, dC_dy, starts, single):
        """Return dC_dy as (N, out), once checked."""
        N = len(starts) - 1
        shape = (self.out_features,) if single else (N, self.out_features)
        check(self, "dC_dy", dC_dy, shape)
        return dC_dy.reshape(N, self.out_features)

    def _as_floats(self, values):
        return values if values.dtype.kind == "f" else values.astype(self.weight.dtype)

    def _starts(self, sizes):
        """Return where each sample begins and ends among keys and values."""
        starts = self.work("starts", (len(sizes) + 1,), INTP)
        starts[0] = 0
        np.cumsum(sizes, out=starts[1:])
        return starts

    def __repr__(self):
        grad = ", do_grad_input=True" if self.do_grad_input else ""
        name = type(self).__name__
        return f"{name}({self.in_features} -> {self.out_features}{grad})"
