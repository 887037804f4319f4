"""SubSampling: the family of sums of windows with a weight for each channel."""

from math import prod

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.dtypes import promote
from nnmods.core.weighted import Weighted
from nnmods.kernels.average_pooling import sum_pool_backward, sum_pool_forward
from nnmods.kernels.windows import output_size
from nnmods.layers.flat_images import SquaredImages
from nnmods.layers.geometry import shown, window_settings


class SubSampling(SquaredImages, Weighted):
    """The abstract base; a subclass sets ``axes`` and calls `_setup`.

    ::

        s[n, c, o]      = sum_k x[n, c, o * stride + k]
        y               = weight[c] * s + bias[c]
        dC_dx[n, c, p]  = weight[c] * sum of dC_dy[n, c, o] over the windows that hold p
        grad_weight[c] += scale * sum_no dC_dy[n, c, o] * s[n, c, o]
        grad_bias[c]   += scale * sum_no dC_dy[n, c, o]
    """

    _results = (*SquaredImages._results, *Weighted._results)

    def _setup(self, channels, positions, keywords, rng):
        owner = type(self).__name__
        self.channels = as_size(owner, "channels", channels)
        none = (None,) * self.axes
        self.kernel_size, self.stride, _ = window_settings(
            owner, (*positions, none), (*keywords, None), overlap=True
        )
        self.weight = np.empty(self.channels, self.dtype)
        self.bias = np.empty(self.channels, self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, prod(self.kernel_size))
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def output_shape(self, shape):
        none, ones = (0,) * self.axes, (1,) * self.axes
        count = output_size(shape[2:], self.kernel_size, self.stride, none, ones)
        if min(count) < 1:
            raise ValueError(
                f"{self!r}: x has spatial size {shape[2:]}, expected at least "
                f"{self.kernel_size}"
            )
        return (*shape[:2], *count)

    def _forward(self, x, out):
        sum_pool_forward(x, self.kernel_size, self.stride, out, self.work)
        np.multiply(out, self._by_channel(self.weight), out=out)
        np.add(out, self._by_channel(self.bias), out=out)

    def _backward(self, x, dC_dy, out):
        slope = self._scratch("slope", dC_dy.shape, out.dtype)
        np.multiply(dC_dy, self._by_channel(self.weight), out=slope)
        sum_pool_backward(slope, x.shape, self.kernel_size, self.stride, out, self.work)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._batch_pair(x, dC_dy)
        self._add_grads(self._sums(x, dC_dy.shape), dC_dy, scale)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        x, d2C_dy2 = self._batch_pair(x, d2C_dy2)
        sums = self._sums(x, d2C_dy2.shape)
        self._add_grads(np.multiply(sums, sums, out=sums), d2C_dy2, scale)

    def per_example_grads(self, x, dC_dy):
        x, dC_dy = self._batch_pair(x, dC_dy)
        terms, axes = self._sums(x, dC_dy.shape), tuple(range(2, 2 + self.axes))
        np.multiply(terms, dC_dy, out=terms)
        return [np.add.reduce(a, axis=axes) for a in (terms, dC_dy)]  # (N, C)

    def _add_grads(self, factors, dC_dy, scale):
        """Add the gradients for dC_dy and its factors, which are overwritten."""
        axes = (0, *range(2, 2 + self.axes))
        terms = np.multiply(factors, dC_dy, out=factors)
        self.grad_weight += scale * np.add.reduce(terms, axis=axes)
        self.grad_bias += scale * np.add.reduce(dC_dy, axis=axes)

    def _jvp(self, x, dx, dparams, out):
        sum_pool_forward(dx, self.kernel_size, self.stride, out, self.work)
        np.multiply(out, self._by_channel(self.weight), out=out)
        if dparams is not None:
            for i, dp in enumerate(dparams):
                check(self, f"dparams[{i}]", dp, self.weight.shape)
            sums = self._sums(x, out.shape)
            np.multiply(sums, self._by_channel(dparams[0]), out=sums)
            np.add(out, sums, out=out)
            np.add(out, self._by_channel(dparams[1]), out=out)

    def _sums(self, x, shape):
        """Return s, in scratch."""
        out = self._scratch("sums of windows", shape, promote(self, (x, self.weight)))
        return sum_pool_forward(x, self.kernel_size, self.stride, out, self.work)

    def _scratch(self, name, shape, dtype):
        memory = self.work(name, (*shape[1:], shape[0]), dtype)
        return memory.transpose(memory.ndim - 1, *range(memory.ndim - 1))

    def _by_channel(self, values):
        return values.reshape(-1, *(1,) * self.axes)

    def _operands(self):
        return (self.weight,)

    def __repr__(self):
        geometry = shown(self.kernel_size, self.stride, (0,) * self.axes)
        return f"{type(self).__name__}({self.channels}, {geometry})"
