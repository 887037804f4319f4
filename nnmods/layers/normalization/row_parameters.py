"""RowParameters: weights and biases of normalisations within a sample."""

import numpy as np

from nnmods.core import Module
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

    def _cut(self, x):
        raise NotImplementedError
