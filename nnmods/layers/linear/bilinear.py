"""Bilinear: a form linear in each of two inputs."""

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.tables import check_like, check_table
from nnmods.kernels.products import column_sums, product
from nnmods.layers.linear.bilinear_second_order import BilinearSecondOrder
from nnmods.layers.linear.forms import by_first, form, half, outer
from nnmods.layers.linear.indices import size_of


class Bilinear(BilinearSecondOrder):
    """Bilinear form of a table of two batches.

    ::

        y[n, k]    = sum_ij x[0][n, i] weight[k, i, j] x[1][n, j] + bias[k]
        dC_dx[0]   = sum_kj dC_dy[n, k] weight[k, i, j] x[1][n, j]
        dC_dx[1]   = sum_ki dC_dy[n, k] weight[k, i, j] x[0][n, i]
        grad_weight += scale * sum_n dC_dy[n, k] x[0][n, i] x[1][n, j]
        grad_bias   += scale * dC_dy.sum(axis=0)

    Parameters
    ----------
    in_features1, in_features2, out_features : int
        Numbers of columns of ``x[0]``, of ``x[1]`` and of ``y``, 1 or more.
    bias : bool, default=True
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features1).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features1, in_features2)
    bias, grad_bias : ndarray, shape (out_features,), or None

    Raises
    ------
    TypeError
        If ``x`` is no table of arrays.
    ValueError
        If ``x`` has not two entries, (N, in_features1) and (N, in_features2).

    References
    ----------
    .. [1] Torch7, ``nn/Bilinear.lua``. There the gradient of the weight ignores scale.

    Examples
    --------
    >>> module = Bilinear(2, 2, 1, bias=False, rng=0)
    >>> module.weight[...] = np.eye(2)
    >>> module([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]])
    """

    def __init__(
        self,
        in_features1,
        in_features2,
        out_features,
        bias=True,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self.in_features1 = size_of("Bilinear", "in_features1", in_features1)
        self.in_features2 = size_of("Bilinear", "in_features2", in_features2)
        self.out_features = size_of("Bilinear", "out_features", out_features)
        bias = bias is None or bool(bias)
        shape = self.out_features, self.in_features1, self.in_features2
        self.weight = np.empty(shape, self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype) if bias else None
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features1)
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def forward(self, x):
        N = self._check(x)
        self.y = reuse(self.y, (N, self.out_features), *x, self.weight)
        form(x[0], by_first(self.weight, self.work), x[1], self.y, self.work)
        if self.bias is not None:
            np.add(self.y, self.bias, out=self.y)
        return self.y

    def backward(self, x, dC_dy):
        self._check(x, dC_dy)
        old = self.dC_dx or (None, None)
        self.dC_dx = [
            reuse(d, a.shape, a, dC_dy, self.weight, *x)
            for d, a in zip(old, x, strict=True)
        ]
        weight = by_first(self.weight, self.work)
        first, second = self.dC_dx
        product(self._outer(x, dC_dy), weight.reshape(len(weight), -1).T, first)
        sums = half(x[0], weight, second.dtype, self.work)
        np.matmul(dC_dy[:, None], sums, out=second[:, None])
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check(x, dC_dy)
        out, in1, in2 = self.weight.shape
        share = self.work("share", (in1, out * in2), self.weight.dtype)
        product(x[0].T, self._outer(x, dC_dy), share)
        np.multiply(share, scale, out=share)
        self.grad_weight += share.reshape(in1, out, in2).transpose(1, 0, 2)
        if self.bias is not None:
            share = column_sums(dC_dy, self.work("bias", (out,), self.bias.dtype))
            np.multiply(share, scale, out=share)
            self.grad_bias += share

    def jvp(self, x, dx, dparams=None):
        N = self._check(x)
        check_like(self, "dx", dx, x)
        self._dy = dy = reuse(self._dy, (N, self.out_features), *dx, self.weight)
        part = self.work("part of dy", dy.shape, dy.dtype)
        weight = by_first(self.weight, self.work)
        form(dx[0], weight, x[1], dy, self.work)
        dy += form(x[0], weight, dx[1], part, self.work)
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            weight = by_first(dparams[0], self.work)
            dy += form(x[0], weight, x[1], part, self.work)
            if self.bias is not None:
                dy += dparams[1]
        return dy

    def _outer(self, x, dC_dy):
        dtype = np.result_type(dC_dy, self.weight)
        return outer(dC_dy, x[1], dtype, self.work)

    def _check(self, x, *gradient):
        check_table(self, "x", x, 2)
        check(self, "x[0]", x[0], (None, self.in_features1))
        N = len(x[0])
        check(self, "x[1]", x[1], (N, self.in_features2))
        for dC_dy in gradient:
            check(self, "dC_dy", dC_dy, (N, self.out_features))
        return N

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        sizes = f"{self.in_features1} x {self.in_features2} -> {self.out_features}"
        return f"Bilinear({sizes}{bias})"
