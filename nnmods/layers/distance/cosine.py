"""Cosine: the angles between x and learned templates."""

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size, same_memory
from nnmods.kernels.products import product
from nnmods.layers.distance.cosine_second_order import CosineSecondOrder
from nnmods.layers.distance.row_pairs import row_dots


class Cosine(CosineSecondOrder):
    """Cosines of the angles between x and learned templates.

    ::

        w, u            = weight[j] / |weight[j]|, x[n] / |x[n]|
        y[n, j]         = w . u
        dC_dx[n]        = sum_j dC_dy[n, j] (w - y[n, j] u) / |x[n]|
        grad_weight[j] += scale * sum_n dC_dy[n, j] (u - y[n, j] w) / |weight[j]|

    1e-12 is added to each norm, so that all is finite where it is 0.

    Parameters
    ----------
    in_features, out_features : int
        The length of x, and the number of templates.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(out_features).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)

    Raises
    ------
    ValueError
        If ``x`` is neither (in_features,) nor (N, in_features), or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/Cosine.lua``. There the gradient of the weight ignores scale.

    Examples
    --------
    >>> module = Cosine(2, 2, rng=0)
    >>> module.weight[...] = [[1, 0], [-5, 0]]
    >>> module(np.array([3.0, 4.0]))
    array([ 0.6, -0.6])
    """

    _results = (*CosineSecondOrder._results, "_weight_norm", "_x_norm")
    _weight_norm = _x_norm = None  # (out,) and (N, 1), of the last forward

    def __init__(self, in_features, out_features, *, dtype=None, rng=None):
        super().__init__(dtype)
        self.in_features = as_size("Cosine", "in_features", in_features)
        self.out_features = as_size("Cosine", "out_features", out_features)
        self.weight = np.empty((self.out_features, self.in_features), self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        bound = uniform_bound(stdv, self.out_features)
        self.weight[...] = get_rng(rng).uniform(-bound, bound, self.weight.shape)
        return self

    def forward(self, x):
        rows = self._check(x)
        self.y = reuse(self.y, (*x.shape[:-1], self.out_features), x, self.weight)
        self._weight_norm = self._norms("weight", self.weight, self.weight.dtype)
        self._x_norm = self._norms("x", rows, self.y.dtype)[:, None]
        y = self._rows(self.y)
        product(rows, self.weight.T, y)
        np.divide(y, self._weight_norm, out=y)
        np.divide(y, self._x_norm, out=y)
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        rows, y, dC_dy = self._prepare(x, dC_dy)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, self.weight)
        dC_dx = self.dC_dx.reshape(rows.shape)
        shares = self.work("shares", y.shape, dC_dx.dtype)
        product(np.divide(dC_dy, self._weight_norm, out=shares), self.weight, dC_dx)
        along = row_dots(dC_dy, y, self.work("along x", (len(y),), dC_dx.dtype))
        unit = self._unit(rows)
        np.subtract(dC_dx, np.multiply(unit, along[:, None], out=unit), out=dC_dx)
        np.divide(dC_dx, self._x_norm, out=dC_dx)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        rows, y, dC_dy = self._prepare(x, dC_dy)
        dtype, norm = self.weight.dtype, self._weight_norm
        share = self.work("share", self.weight.shape, dtype)
        product(dC_dy.T, self._unit(rows), share)
        along = self.work("along weight", (self.out_features,), dtype)
        np.einsum("no,no->o", dC_dy, y, out=along, casting="same_kind")
        unit = self.work("weight unit", share.shape, dtype)
        np.multiply(self.weight, np.divide(along, norm, out=along)[:, None], out=unit)
        np.subtract(share, unit, out=share)
        np.multiply(share, np.divide(scale, norm, out=along)[:, None], out=share)
        self.grad_weight += share

    def jvp(self, x, dx, dparams=None):
        rows, y = self._prepare(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, self.y.shape, dx, self.weight)
        dy, dx = self._rows(self._dy), dx.reshape(rows.shape)
        unit, part = self._unit(rows), self.work("part of dy", y.shape, dy.dtype)
        product(dx, self.weight.T, dy)
        np.divide(dy, self._weight_norm, out=dy)
        along = row_dots(unit, dx, self.work("along x", (len(y),), dy.dtype))
        np.subtract(dy, np.multiply(y, along[:, None], out=part), out=dy)
        np.divide(dy, self._x_norm, out=dy)
        if dparams is not None:
            check(self, "dparams[0]", dparams[0], self.weight.shape)
            along = self.work("along weight", y.shape[1:], self.weight.dtype)
            row_dots(self.weight, dparams[0], along)
            along /= self._weight_norm  # twice, for its square may underflow
            along /= self._weight_norm
            np.subtract(dy, np.multiply(y, along, out=part), out=dy)
            np.divide(product(unit, dparams[0].T, part), self._weight_norm, out=part)
            np.add(dy, part, out=dy)
        return self._dy

    def _norms(self, name, rows, dtype):
        """Return the norms of rows, plus 1e-12."""
        norms = row_dots(
            rows, rows, self.work(f"norms of {name}", rows.shape[:1], dtype)
        )
        return np.add(np.sqrt(norms, out=norms), 1e-12, out=norms)

    def _unit(self, rows):
        unit = self.work("unit", rows.shape, self.y.dtype)
        return np.divide(rows, self._x_norm, out=unit, casting="same_kind")

    def _prepare(self, x, *gradient):
        """Return x, y and dC_dy, if it is given, as rows, once y is that of x."""
        rows = self._check(x)
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)
        for dC_dy in gradient:
            check(self, "dC_dy", dC_dy, self.y.shape)
        return rows, self._rows(self.y), *map(self._rows, gradient)

    def _rows(self, y):
        return y[None] if y.ndim == 1 else y

    def _check(self, x):
        """Return x as (N, in_features), once checked."""
        one = getattr(x, "ndim", None) == 1
        check(self, "x", x, (self.in_features,) if one else (None, self.in_features))
        return x[None] if one else x

    def __repr__(self):
        return f"Cosine({self.in_features} -> {self.out_features})"
