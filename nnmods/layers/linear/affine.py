"""Affine: the family of layers with a weight (out, in) and a bias."""

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.parameters import own_parameters
from nnmods.kernels.products import add_column_sums, add_product, dot, product
from nnmods.kernels.threads import LEAST_PRODUCTS
from nnmods.layers.linear.affine_second_order import AffineSecondOrder
from nnmods.layers.linear.shares import Shares, as_rows

#: Entries of a weight up to which the module keeps memory for its gradient's share.
SHORT = 1 << 15


class Affine(AffineSecondOrder):
    """A weight that multiplies the last axis, and a bias that may be missing.

    ::

        y            = x @ weight.T + bias
        dC_dx        = dC_dy @ weight
        grad_weight += scale * dC_dy.T @ x      (leading axes folded into one)
        grad_bias   += scale * dC_dy.sum(axis=0)
        dy           = dx @ weight.T + x @ dweight.T + dbias

    A subclass whose weight is made of other parameters overrides `_accumulate`.
    """

    reads_y = False
    _results = (*AffineSecondOrder._results, "_dC_dy", "_bias_rows", "_shares")
    _results += ("_long", "_plain", "_plain_pair", "_fits", "_dx", "_plain_direction")
    _dC_dy = _dx = _shares = None
    _bias_rows = None, None  # the bias, and a view of it like y
    _long = False  # whether lanes may pay, or shares are better not kept
    # Whether x, and dC_dy or dx too, is a matrix in one piece.
    _plain = _plain_pair = _plain_direction = False
    _fits = False  # whether dC_dx is known to fit

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
        # Such zeros, unlike those of zeros_like, take no memory until they are used.
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype) if bias else None

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features)
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def no_bias(self):
        """Take the bias away, and return self."""
        self.bias = self.grad_bias = self._shares = None
        return self

    def forward(self, x):
        if x is not self._x or x is None:
            self._meet(x)
        y = self.y
        if self._long or not self._plain:
            return product(x, self.weight.T, y, self.bias)
        dot(x, self.weight.T, y)
        if self.bias is not None:
            bias, rows = self._bias_rows
            if bias is not self.bias:
                rows = np.broadcast_to(self.bias, y.shape)
                self._bias_rows = self.bias, rows
            np.add(y, rows, y)  # of one shape: for one row half the time
        return y

    def forward_then(self, x, finish):
        """Return y after ``finish(part)`` of each part of it."""
        if x is not self._x or x is None:
            self._meet(x)
        if self._long or not self._plain:
            return product(x, self.weight.T, self.y, self.bias, finish)
        finish(self.forward(x))
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

    def _meet(self, x):
        """Check ``x``, not that of the last call, and let ``y`` fit it."""
        last, y = self._x, self.y
        if (
            type(x) is type(last) is np.ndarray
            and x.shape == last.shape
            and x.dtype is last.dtype
            and x.strides == last.strides
            and x is not y
            and x.base is not y
        ):
            self._x = x  # what fitted the last one fits this
            return
        check(self, "x", x, (..., self.in_features))
        n_out = self.weight.shape[0]
        y = reuse(y, (*x.shape[:-1], n_out), x, self.weight)
        if y is not self.y:
            self.y, self._bias_rows = y, (None, None)
        self._x, self._dC_dy, self._dx = x, None, None
        self._plain = x.ndim == 2 and x.flags.forc
        self._long = self.weight.size > SHORT or x.size * n_out >= LEAST_PRODUCTS

    def _backward(self, x, dC_dy):
        if self.dC_dx is None or not self._fits:
            self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, self.weight)
            self._fits = dC_dy is self._dC_dy
        times = dot if self._plain_pair and not self._long else product
        return times(dC_dy, self.weight, self.dC_dx)

    def _accumulate(self, x, dC_dy, scale):
        if not self._long:
            shares = self._shares_of(x, dC_dy, scale)
            shares.add_to(self.grad_weight, self.grad_bias)
            return
        x, dC_dy = as_rows("x", x, self.work), as_rows("dC_dy", dC_dy, self.work)
        add_product(dC_dy.T, x, scale, self.grad_weight)
        if self.bias is not None:
            add_column_sums(dC_dy, scale, self.grad_bias)

    def _shares_of(self, x, dC_dy, scale):
        """Return what x and dC_dy add to the gradients, `Shares`."""
        shares = self._shares
        if shares is None:
            shares = self._shares = Shares(self.weight, self.bias)
        if x.ndim != 2:
            x, dC_dy = as_rows("x", x, self.work), as_rows("dC_dy", dC_dy, self.work)
        shares.compute(x, dC_dy, scale, dot if self._plain_pair else product)
        return shares

    def jvp(self, x, dx, dparams=None):
        if x is not self._x or dx is not self._dx or self._dy is None:
            self._meet_direction(x, dx)
        if self._plain_direction and not self._long:
            dot(dx, self.weight.T, self._dy)
        else:
            product(dx, self.weight.T, self._dy)
        if dparams is not None:
            self._check_direction(dparams)
            part = self.work("part of dy", self._dy.shape, self._dy.dtype)
            self._dy += product(x, self._weight_direction(dparams).T, part)
            if self.bias is not None:
                self._dy += dparams[-1]
        return self._dy

    def _meet_direction(self, x, dx):
        """Check a direction, not that of the last call, and let ``_dy`` fit it."""
        check(self, "x", x, (..., self.in_features))
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, (*x.shape[:-1], len(self.weight)), dx, self.weight)
        self._dx = dx if x is self._x else None
        self._plain_direction = x is self._x and self._plain and dx.flags.forc

    def _check_direction(self, dparams):
        """Raise unless there is an array like each parameter."""
        own = [p for _, p, _ in own_parameters(self)]
        for i, p in enumerate(own):
            check(self, f"dparams[{i}]", dparams[i], p.shape)

    def _weight_direction(self, dparams):
        """Return how the weight changes with the parameters."""
        return dparams[0]

    def _check(self, x, dC_dy):
        if x is self._x and dC_dy is self._dC_dy and dC_dy is not None:
            return
        if x is self._x:
            check(self, "dC_dy", dC_dy, self.y.shape)
            self._dC_dy = dC_dy
            self._plain_pair = self._plain and dC_dy.flags.forc
        else:
            check(self, "x", x, (..., self.in_features))
            check(self, "dC_dy", dC_dy, (*x.shape[:-1], self.weight.shape[0]))
            self._dC_dy, self._plain_pair = None, False
        self._fits = False

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        name = type(self).__name__
        return f"{name}({self.in_features} -> {self.out_features}{bias})"
