"""Bilinear: a form linear in each of two inputs."""

import numpy as np

from nnmods.core import Module, check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size
from nnmods.core.tables import check_like, check_table
from nnmods.kernels.products import column_sums, product


class Bilinear(Module):
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
        sizes = {
            "in_features1": in_features1,
            "in_features2": in_features2,
            "out_features": out_features,
        }
        for name, size in sizes.items():
            sizes[name] = as_size("Bilinear", name, size)
            if not size:
                raise ValueError(f"Bilinear: {name} is 0, expected 1 or more")
        self.in_features1, self.in_features2, self.out_features = sizes.values()
        bias = bias is None or bool(bias)
        shape = self.out_features, self.in_features1, self.in_features2
        self.weight = np.empty(shape, self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias) if bias else None
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
        half = self._half(x, self._weight_by_first(), self.y.dtype)
        np.matmul(half, x[1][:, :, None], out=self.y[:, :, None])
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
        weight = self._weight_by_first()
        product(self._outer(x, dC_dy), weight.T, self.dC_dx[0])
        half = self._half(x, weight, self.dC_dx[1].dtype)
        np.matmul(dC_dy[:, None], half, out=self.dC_dx[1][:, None])
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
        self._dy = reuse(self._dy, (N, self.out_features), *dx, self.weight)
        self._dy[...] = _form(dx[0], self.weight, x[1])
        self._dy += _form(x[0], self.weight, dx[1])
        if dparams is not None:
            self._dy += _form(x[0], dparams[0], x[1])
            if self.bias is not None:
                self._dy += dparams[1]
        return self._dy

    def _weight_by_first(self):
        """Return the weight as (in_features1, out_features * in_features2)."""
        out, in1, in2 = self.weight.shape
        weight = self.work("by first", (in1, out, in2), self.weight.dtype)
        weight[...] = self.weight.transpose(1, 0, 2)
        return weight.reshape(in1, out * in2)

    def _half(self, x, weight, dtype):
        """Return sum_i x[0][n, i] weight[k, i, j], with axes n, k, j."""
        N, width = len(x[0]), weight.shape[1]
        half = product(x[0], weight, self.work("half", (N, width), dtype))
        return half.reshape(N, self.out_features, self.in_features2)

    def _outer(self, x, dC_dy):
        """Return dC_dy[n, k] x[1][n, j], the last two axes as one."""
        N, dtype = len(dC_dy), np.result_type(dC_dy, self.weight)
        outer = self.work("outer", (N, self.out_features, self.in_features2), dtype)
        np.multiply(dC_dy[:, :, None], x[1][:, None], out=outer)
        return outer.reshape(N, self.out_features * self.in_features2)

    def _check(self, x, dC_dy=None):
        check_table(self, "x", x, 2)
        check(self, "x[0]", x[0], (None, self.in_features1))
        N = len(x[0])
        check(self, "x[1]", x[1], (N, self.in_features2))
        if dC_dy is not None:
            check(self, "dC_dy", dC_dy, (N, self.out_features))
        return N

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        sizes = f"{self.in_features1} x {self.in_features2} -> {self.out_features}"
        return f"Bilinear({sizes}{bias})"


def _form(a, weight, b):
    return np.einsum("ni,kij,nj->nk", a, weight, b, optimize=True)
