"""Linear: the affine map of the last axis."""

from math import prod

import numpy as np

from nnmods.core import Module, check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.kernels.products import column_sums, product


class Linear(Module):
    """Affine map of the last axis.

    ::

        y            = x @ weight.T + bias
        dC_dx        = dC_dy @ weight
        grad_weight += scale * dC_dy.T @ x      (leading axes folded into one)
        grad_bias   += scale * dC_dy.sum(axis=0)
        dy           = dx @ weight.T + x @ dweight.T + dbias

    The lecture writes Y = W X for column vectors: with a sample per row it is the
    transpose of that, and the same numbers.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of ``x`` and of ``y``.
    bias : bool, default=True
        Whether to add a bias; without one, ``bias`` and ``grad_bias`` are None.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features) [1]_.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)
    bias, grad_bias : ndarray, shape (out_features,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 4.6, in the uniform form of Torch7.

    Examples
    --------
    >>> Linear(3, 2, rng=0)(np.ones((5, 3))).shape
    (5, 2)
    """

    _results = (*Module._results, "_dC_dy", "_shares")
    _dC_dy = _shares = None

    def __init__(self, in_features, out_features, bias=True, *, dtype=None, rng=None):
        super().__init__(dtype)
        self.in_features = as_size("Linear", "in_features", in_features)
        self.out_features = as_size("Linear", "out_features", out_features)
        self.weight = np.empty((self.out_features, self.in_features), self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias) if bias else None
        self.reset(rng)

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
        if x is not self._x:  # the array of the last call was checked, and y fits it
            check(self, "x", x, (..., self.in_features))
            shape = (*x.shape[:-1], self.out_features)
            self.y = reuse(self.y, shape, x, self.weight)
            self._x, self._dC_dy = x, None
        product(x, self.weight.T, self.y)
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
        return product(dC_dy, self.weight, self.dC_dx)

    def _accumulate(self, x, dC_dy, scale):
        if x.ndim != 2:
            N = prod(x.shape[:-1])
            x = x.reshape(N, self.in_features)
            dC_dy = dC_dy.reshape(N, self.out_features)
        if self._shares is None or self._shares[0].dtype is not self.weight.dtype:
            self._shares = np.empty_like(self.weight), np.empty_like(self.weight[:, 0])
        weight_share, bias_share = self._shares
        product(dC_dy.T, x, weight_share)
        if scale != 1:
            np.multiply(weight_share, scale, out=weight_share)
        self.grad_weight += weight_share
        if self.bias is not None:
            column_sums(dC_dy, bias_share)
            if scale != 1:
                np.multiply(bias_share, scale, out=bias_share)
            self.grad_bias += bias_share

    def jvp(self, x, dx, dparams=None):
        check(self, "x", x, (..., self.in_features))
        check(self, "dx", dx, x.shape)
        shape = (*x.shape[:-1], self.out_features)
        self._dy = dy = reuse(self._dy, shape, dx, self.weight)
        product(dx, self.weight.T, dy)
        if dparams is not None:
            for i, p in enumerate(self.parameters()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
            dy += np.matmul(x, dparams[0].T)
            if self.bias is not None:
                dy += dparams[1]
        return dy

    def _check(self, x, dC_dy):
        if x is not self._x:
            check(self, "x", x, (..., self.in_features))
            check(self, "dC_dy", dC_dy, (*x.shape[:-1], self.out_features))
        elif dC_dy is not self._dC_dy:
            check(self, "dC_dy", dC_dy, self.y.shape)
            self._dC_dy = dC_dy

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        return f"Linear({self.in_features} -> {self.out_features}{bias})"
