"""RowParameters: weights and biases of normalisations within a sample."""

import numpy as np

from nnmods.core import Module
from nnmods.kernels.blocks import quiet_rows
from nnmods.layers.normalization.channel_moments import channel_dot, channel_sum
from nnmods.layers.normalization.folding import buffer_in_order


class RowParameters(Module):
    """A module with a weight and a bias, or without, for some entries of a sample.

    A subclass writes ``_cut(x)``, a view of an array in C order, of shape (N, P, S)
    with a parameter for each of P.
    """

    weight = bias = grad_weight = grad_bias = None

    def _add_parameters(self, shape, weight, bias):
        if weight:
            self.weight = np.empty(shape, self.dtype)
            self.grad_weight = np.zeros(shape, self.dtype)
        if bias:
            self.bias = np.empty(shape, self.dtype)
            self.grad_bias = np.zeros(shape, self.dtype)

    def reset(self, rng=None, stdv=None):
        """Set the weight to 1 and the bias to 0, and return self; nothing is drawn."""
        if self.weight is not None:
            self.weight[...] = 1
        if self.bias is not None:
            self.bias[...] = 0
        return self

    def _weights(self):
        return [p for p in (self.weight, self.bias) if p is not None]

    def _buffer(self, buffer, *arrays):
        return buffer_in_order(buffer, *arrays, *self._weights(), module=self)

    def _scale(self, x, weight, bias):
        """Multiply ``x`` in place by ``weight``, and add ``bias``."""
        x = self._cut(x)
        if weight is not None:
            np.multiply(x, weight.reshape(-1, 1), out=x)
        if bias is not None:
            np.add(x, bias.reshape(-1, 1), out=x)

    def _accumulate(self, v, factor, scale):
        """Add the sums of v * factor to grad_weight, and of v to grad_bias."""
        self._add_products(v, factor, scale)
        if self.bias is not None:
            v = self._cut(v)
            total = self.work("total", (v.shape[1], 1), v.dtype)
            channel_sum(v, total)
            self.grad_bias += scale * total.reshape(self.bias.shape)

    def _add_products(self, v, factor, scale):
        if self.weight is not None:
            v, factor = self._cut(v), self._cut(factor)
            total = self.work("total", (v.shape[1], 1), v.dtype)
            with quiet_rows(v.size):
                channel_dot(v, factor, total)
            self.grad_weight += scale * total.reshape(self.weight.shape)

    def _weighted(self, v, weight):
        """Return ``v`` times ``weight``, in scratch memory; v where that is None."""
        if weight is None:
            return v
        weighted = self.work("weighted", v.shape, v.dtype)
        np.multiply(self._cut(v), weight.reshape(-1, 1), out=self._cut(weighted))
        return weighted

    def _cut(self, x):
        raise NotImplementedError
