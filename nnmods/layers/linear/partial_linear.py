"""PartialLinear: an affine map of which some of the outputs are computed."""

import numpy as np

from nnmods.core import check, get_rng, reuse
from nnmods.core.arrays import as_size
from nnmods.kernels.products import column_sums, product
from nnmods.kernels.sparse import add_transposed_product, range_of
from nnmods.layers.linear.indices import INTP, as_indices
from nnmods.layers.linear.partial_linear_second_order import (
    PartialLinearSecondOrder,
)


class PartialLinear(PartialLinearSecondOrder):
    """Affine map of which only the chosen outputs are computed.

    ::

        w, b                    = weight[partition], bias[partition]
        y                       = x @ w.T + b
        dC_dx                   = dC_dy @ w
        grad_weight[partition] += scale * dC_dy.T @ x
        grad_bias[partition]   += scale * dC_dy.sum(axis=0)

    Parameters
    ----------
    in_features, out_features : int
    bias : bool, default=True
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial weight, standard normal; the bias is 0.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)
    bias, grad_bias : ndarray, shape (out_features,), or None
    partition : ndarray of int, or None
        The outputs that are computed, in this order, counted from 0; None: all.

    Raises
    ------
    ValueError
        If ``x`` is not (N, in_features), or a chosen output is out of range.

    References
    ----------
    .. [1] Torch7, ``nn/PartialLinear.lua``. There it does not train without a bias.

    Examples
    --------
    >>> module = PartialLinear(2, 3, rng=0).set_partition([2, 0])
    >>> module.weight[...] = [[1, 0], [0, 1], [1, 1]]
    >>> module(np.array([[10.0, 1.0]]))
    array([[11., 10.]])
    """

    partition = None

    def __init__(self, in_features, out_features, bias=True, *, dtype=None, rng=None):
        super().__init__(dtype)
        self.in_features = as_size("PartialLinear", "in_features", in_features)
        self.out_features = as_size("PartialLinear", "out_features", out_features)
        bias = bias is None or bool(bias)
        self.weight = np.empty((self.out_features, self.in_features), self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype) if bias else None
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Redraw the weight, set the bias to 0, and return self.

        Where ``stdv`` is given nothing changes, as in Torch7.
        """
        if stdv is None:
            self.weight[...] = get_rng(rng).normal(0, 1, self.weight.shape)
            if self.bias is not None:
                self.bias.fill(0)
        return self

    def set_partition(self, indices):
        """Choose the outputs to compute, counted from 0, and return self."""
        indices = np.asarray(indices)
        check(self, "indices", indices, (None,))
        chosen = np.empty(indices.shape, INTP)
        last = self.out_features - 1
        self.partition = as_indices(self, "indices", indices, 0, last, chosen)
        return self

    def reset_partition(self):
        """Compute all outputs from now on, and return self."""
        self.partition = None
        return self

    def forward(self, x):
        weight, bias = self._check(x)
        self.y = reuse(self.y, (len(x), len(weight)), x, weight)
        product(x, weight.T, self.y)
        if bias is not None:
            np.add(self.y, bias, out=self.y)
        return self.y

    def backward(self, x, dC_dy):
        weight, _ = self._check(x, dC_dy)
        self.dC_dx = reuse(self.dC_dx, x.shape, dC_dy, weight)
        return product(dC_dy, weight, self.dC_dx)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        weight, bias = self._check(x, dC_dy)
        share = self.work("weight share", weight.shape, weight.dtype)
        product(dC_dy.T, x, share)
        self._add(share, self.grad_weight, scale)
        if bias is not None:
            share = column_sums(dC_dy, self.work("bias share", bias.shape, bias.dtype))
            self._add(share[:, None], self.grad_bias[:, None], scale)

    def jvp(self, x, dx, dparams=None):
        weight, bias = self._check(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, (len(x), len(weight)), dx, weight)
        product(dx, weight.T, self._dy)
        if dparams is not None:
            chosen = slice(None) if self.partition is None else self.partition
            part = self.work("part of dy", self._dy.shape, self._dy.dtype)
            self._dy += product(x, dparams[0][chosen].T, part)
            if bias is not None:
                self._dy += dparams[1][chosen]
        return self._dy

    def _add(self, share, grad, scale):
        """Add ``scale * share`` to the chosen rows, of which some may be the same."""
        if self.partition is None:
            np.multiply(share, scale, out=share)
            grad += share
            return
        starts = range_of(len(self.partition), self.work)
        factors = self.work("factors", self.partition.shape, grad.dtype)
        factors.fill(scale)
        add_transposed_product(starts, self.partition, factors, share, grad, self.work)

    def _check(self, x, *gradient):
        """Check the arguments, and return the chosen weight and bias."""
        check(self, "x", x, (None, self.in_features))
        weight, bias, chosen = self.weight, self.bias, self.partition
        if chosen is not None:
            shape = len(chosen), self.in_features
            weight = self.work("weight", shape, self.weight.dtype)
            np.take(self.weight, chosen, axis=0, out=weight, mode="clip")
            if bias is not None:
                bias = self.bias[chosen]
        for dC_dy in gradient:
            check(self, "dC_dy", dC_dy, (len(x), len(weight)))
        return weight, bias

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        return f"PartialLinear({self.in_features} -> {self.out_features}{bias})"
