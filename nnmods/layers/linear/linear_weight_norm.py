"""LinearWeightNorm: an affine map that learns lengths and directions apart."""

import numpy as np

from nnmods.core import get_rng, reuse, uniform_bound
from nnmods.core.arrays import check
from nnmods.layers.linear.affine import Affine
from nnmods.layers.linear.weight_norm_second_order import WeightNormSecondOrder


class LinearWeightNorm(WeightNormSecondOrder, Affine):
    """Affine map whose weight rows have a length g and a direction v.

    ::

        norm    = max(|v|, eps)  of each row
        weight  = g * v / norm
        y       = x @ weight.T + bias
        dC_dx   = dC_dy @ weight
        dC_dw   = dC_dy.T @ x
        grad_g += scale * (dC_dw * v).sum(axis=1) / norm
        grad_v += scale * g / norm * (dC_dw - v * (dC_dw * v).sum(axis=1) / norm**2)
        grad_bias += scale * dC_dy.sum(axis=0)

    Where ``eps`` takes the place of |v|, it does not change with v: the last term of
    ``grad_v`` is then missing.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of ``x`` and of ``y``.
    bias : bool, default=True
    eps : float, default=1e-16
        The smallest norm of a row.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws an initial weight, uniform on +-1/sqrt(in_features): v is that weight and
        g the length of its rows.

    Attributes
    ----------
    v, grad_v : ndarray, shape (out_features, in_features)
    g, grad_g : ndarray, shape (out_features, 1)
    bias, grad_bias : ndarray, shape (out_features,), or None
    weight : ndarray, shape (out_features, in_features)
        That of the last call; no parameter.

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] T. Salimans, D. Kingma, "Weight Normalization", NIPS 2016, eqs. (2), (3).

    Examples
    --------
    >>> module = LinearWeightNorm(2, 1, bias=False, rng=0)
    >>> _ = module.init_from_weight(np.array([[3.0, 4.0]]))
    >>> module.g[...] = 10  # twice the length
    >>> module(np.array([1.0, 0.0]))
    array([6.])
    """

    _results = (*Affine._results, "weight", "norm")
    weight = norm = None

    def __init__(
        self, in_features, out_features, bias=True, eps=None, *, dtype=None, rng=None
    ):
        self.eps = 1e-16 if eps is None else float(eps)
        bias = True if bias is None else bias
        super().__init__(in_features, out_features, bias, dtype=dtype, rng=rng)

    def _make_parameters(self, bias):
        self.v = np.empty((self.out_features, self.in_features), self.dtype)
        self.g = np.empty((self.out_features, 1), self.dtype)
        self.bias = np.empty(self.out_features, self.dtype) if bias else None
        self.grad_v, self.grad_g = (
            np.zeros(self.v.shape, self.v.dtype),
            np.zeros(self.g.shape, self.g.dtype),
        )
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype) if bias else None

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        bound = uniform_bound(stdv, self.in_features)
        self.init_from_weight(rng.uniform(-bound, bound, self.v.shape))
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bound, bound, self.bias.shape)
        return self

    def init_from_weight(self, weight):
        """Let v be ``weight`` and g the length of its rows, and return self."""
        check(self, "weight", weight, self.v.shape)
        self.v[...] = weight
        self.g[...] = self._norms()
        return self

    @classmethod
    def from_linear(cls, linear):
        """Return one that computes what ``linear``, with a weight and bias, does."""
        out_features, in_features = linear.weight.shape
        has_bias, dtype = linear.bias is not None, linear.weight.dtype
        module = cls(in_features, out_features, has_bias, dtype=dtype)
        if has_bias:
            module.bias[...] = linear.bias
        return module.init_from_weight(linear.weight)

    def forward(self, x):
        self._make_weight()
        return super().forward(x)

    def _backward(self, x, dC_dy):
        self._make_weight()
        return super()._backward(x, dC_dy)

    def jvp(self, x, dx, dparams=None):
        self._make_weight()
        return super().jvp(x, dx, dparams)

    def _check(self, x, dC_dy):
        if self.weight is None:
            self._make_weight()
        super()._check(x, dC_dy)

    def _norms(self):
        self.norm = reuse(self.norm, self.g.shape, self.g)
        np.einsum("oi,oi->o", self.v, self.v, out=self.norm[:, 0])
        np.sqrt(self.norm, out=self.norm)
        return np.maximum(self.norm, self.eps, out=self.norm)

    def _make_weight(self):
        self.weight = reuse(self.weight, self.v.shape, self.v)
        lengths = self.work("lengths", self.g.shape, self.g.dtype)
        np.divide(self.g, self._norms(), out=lengths)
        np.multiply(self.v, lengths, out=self.weight)

    def _accumulate(self, x, dC_dy, scale):
        self._make_weight()
        shares = self._shares_of(x, dC_dy, scale)
        if self.bias is not None:
            self.grad_bias += shares.of_bias
        share = shares.of_weight
        along = self.work("along", self.g.shape, share.dtype)  # of v, its share
        np.einsum("oi,oi->o", share, self.v, out=along[:, 0])
        np.divide(along, self.norm, out=along)
        self.grad_g += along
        np.divide(along, self.norm, out=along)
        np.copyto(along, 0, where=self.norm <= self.eps)
        step = self.work("step of v", self.v.shape, share.dtype)
        np.multiply(self.v, along, out=step)
        np.subtract(share, step, out=step)
        np.multiply(step, self.g / self.norm, out=step)
        self.grad_v += step

    def _weight_direction(self, dparams):
        dv, dg = dparams[:2]
        along = (self.v * dv).sum(axis=1, keepdims=True) / self.norm**2
        along[self.norm <= self.eps] = 0
        return (self.g * (dv - self.v * along) + self.v * dg) / self.norm

    def __repr__(self):
        eps = f", eps={self.eps:g}" if self.eps != 1e-16 else ""
        return f"{super().__repr__()[:-1]}{eps})"
