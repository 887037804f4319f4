"""Affine: the family of layers with a weight (out, in) and a bias."""

from math import prod

import numpy as np

from nnmods.core import Module, check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.kernels.products import column_sums, dot, product


class Affine(Module):
    """A weight that multiplies the last axis, and a bias that may be missing.

    ::

        y            = x @ weight.T + bias
        dC_dx        = dC_dy @ weight
        grad_weight += scale * dC_dy.T @ x      (leading axes folded into one)
        grad_bias   += scale * dC_dy.sum(axis=0)
        dy           = dx @ weight.T + x @ dweight.T + dbias

    A subclass whose weight is made of other parameters overrides `_use_weight_share`.
    """

    _results = (*Module._results, "_dC_dy", "_shares")
    _results += ("_times_x", "_times_dC_dy")
    _dC_dy = _shares = None
    # How x and dC_dy are multiplied: `dot` is quicker, if they allow it.
    _times_x = _times_dC_dy = staticmethod(product)

    def __init__(self, in_features, out_features, bias=True, *, dtype=None, rng=None):
        super().__init__(dtype)
        name = type(self).__name__
        self.in_features = as_size(name, "in_features", in_features)
        self.out_features = as_size(name, "out_features", out_features)
        self._make_parameters(bias is None or bool(bias))
        self.reset(rng)

    def _make_parameters(self, bias):
        self.weight = np.empty((self.out_features, self.in_features), self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias) if bias else None

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features)
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def no_bias(self):
        """Take the bias away, and return self."""
        self.bias = self.grad_bias = None
        return self

    def forward(self, x):
        # The array of the last call was checked, and y fits it.
        if x is not self._x or x is None:
            check(self, "x", x, (..., self.in_features))
            shape = (*x.shape[:-1], self.weight.shape[0])
            y = reuse(self.y, shape, x, self.weight)
            if y is not self.y:  # else what fitted it fits it still
                self.y, self._dC_dy = y, None
            self._x = x
            self._times_x = dot if x.ndim == 2 and x.flags.forc else product
        self._times_x(x, self.weight.T, self.y)
        if self.bias is not None:
            np.add(self.y, self.bias, out=self.y)
        return self.y

    def backward(self, x, dC_dy):
        self._check(x, dC_dy)
        return self._backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check(x, dC_dy)  # the reshapes below would accept some wrong shapes
        self._accumulate(x, dC_dy, scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        self._check(x, dC_dy)  # once for both
        dC_dx = self._backward(x, dC_dy) if input_grad else None
        self._accumulate(x, dC_dy, scale)
        return dC_dx

    def _backward(self, x, dC_dy):
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.weight)
        return self._times_dC_dy(dC_dy, self.weight, self.dC_dx)

    def _accumulate(self, x, dC_dy, scale):
        if x.ndim != 2:
            N = prod(x.shape[:-1])
            x = self._rows("x rows", x, N)
            dC_dy = self._rows("dC_dy rows", dC_dy, N)
        if self._shares is None or self._shares[0].dtype is not self.weight.dtype:
            self._shares = np.empty_like(self.weight), np.empty_like(self.weight[:, 0])
        weight_share, bias_share = self._shares
        times = self._times_x if self._times_dC_dy is dot else product
        times(dC_dy.T, x, weight_share)
        if scale != 1:
            np.multiply(weight_share, scale, out=weight_share)
        self._use_weight_share(weight_share)
        if self.bias is not None:
            column_sums(dC_dy, bias_share)
            if scale != 1:
                np.multiply(bias_share, scale, out=bias_share)
            self.grad_bias += bias_share

    def _rows(self, name, array, N):
        """Return (..., M) as (N, M), a copy only where the memory demands it."""
        shape = N, array.shape[-1]
        try:
            return np.reshape(array, shape, copy=False)
        except ValueError:
            copy = self.work(name, shape, array.dtype)
            copy.reshape(array.shape)[...] = array
            return copy

    def _use_weight_share(self, share):
        """Add to the gradients what one call gives for the weight."""
        self.grad_weight += share

    def jvp(self, x, dx, dparams=None):
        check(self, "x", x, (..., self.in_features))
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, (*x.shape[:-1], len(self.weight)), dx, self.weight)
        product(dx, self.weight.T, self._dy)
        if dparams is not None:
            for i, p in enumerate(self.parameters()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
            part = self.work("part of dy", self._dy.shape, self._dy.dtype)
            self._dy += product(x, self._weight_direction(dparams).T, part)
            if self.bias is not None:
                self._dy += dparams[-1]
        return self._dy

    def _weight_direction(self, dparams):
        """Return how the weight changes with the parameters."""
        return dparams[0]

    def _check(self, x, dC_dy):
        if x is not self._x:
            check(self, "x", x, (..., self.in_features))
            check(self, "dC_dy", dC_dy, (*x.shape[:-1], self.weight.shape[0]))
            self._times_dC_dy = product
        elif dC_dy is not self._dC_dy or dC_dy is None:
            check(self, "dC_dy", dC_dy, self.y.shape)
            plain = dC_dy.ndim == 2 and dC_dy.flags.forc
            self._times_dC_dy = dot if plain else product
            self._dC_dy = dC_dy

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        name = type(self).__name__
        return f"{name}({self.in_features} -> {self.out_features}{bias})"
