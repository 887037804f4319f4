"""TemplateDistances: the family of distances of x from learned templates."""

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.arrays import as_size, same_memory
from nnmods.layers.distance.template_second_order import TemplateSecondOrder


class TemplateDistances(TemplateSecondOrder):
    """Distances of x from templates, the columns of the weight.

    ::

        d            = c * (x[n, :, None] - weight)      (N, in, out)
        y            = sqrt((d**2).sum(axis=1))          (N, out)
        q            = dC_dy / (y + 1e-7)                finite where y is 0
        dC_dx        = (c * d * q).sum(over out)
        grad_weight -= scale * (c * d * q).sum(over n)

    where c is 1, or a parameter of a subclass, shaped like the weight, which then
    overrides `_weigh`.
    """

    _results = (*TemplateSecondOrder._results, "_d")
    _d = None

    def __init__(self, in_features, out_features, *, dtype=None, rng=None):
        super().__init__(dtype)
        name = type(self).__name__
        self.in_features = as_size(name, "in_features", in_features)
        self.out_features = as_size(name, "out_features", out_features)
        self._make_parameters((self.in_features, self.out_features))
        self.reset(rng)

    def _make_parameters(self, shape):
        self.weight = np.empty(shape, self.dtype)
        self.grad_weight = np.zeros(shape, self.dtype)

    def reset(self, rng=None, stdv=None):
        bound = uniform_bound(stdv, self.in_features)
        self.weight[...] = get_rng(rng).uniform(-bound, bound, self.weight.shape)
        return self

    def _weigh(self, d, out):
        """Return ``c * d``, in ``out`` unless it is d itself."""
        return d

    def forward(self, x):
        rows = self._check(x)
        self.y = reuse(self.y, (*x.shape[:-1], self.out_features), x, self.weight)
        d = self._differences("d", rows)
        self._d = self._weigh(d, d)
        y = self.y.reshape(len(rows), self.out_features)
        np.sqrt(np.einsum("nio,nio->no", d, d, out=y), out=y)
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        q = self._quotients(x, dC_dy)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, self.weight)
        out = self.dC_dx.reshape(len(q), self.in_features)
        np.matmul(self._slope(), q[:, :, None], out=out[:, :, None])
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        q = self._quotients(x, dC_dy)
        self._accumulate(self._slope(), q, self.grad_weight, -scale)

    def jvp(self, x, dx, dparams=None):
        self._prepare(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, self.y.shape, self.y, dx)
        dy = self._dy.reshape(len(self._d), self.out_features)
        slope = self._slope()
        np.matmul(dx.reshape(len(slope), 1, self.in_features), slope, out=dy[:, None])
        if dparams is not None:
            self._add_directions(x, slope, dparams, dy)
        np.divide(dy, self._lengths(dy.dtype), out=dy)
        return self._dy

    def _add_directions(self, x, slope, dparams, dy):
        """Add what the parameters change, times y."""
        check(self, "dparams[0]", dparams[0], self.weight.shape)
        dy -= self._combine(slope, dparams[0])

    def _combine(self, terms, directions):
        """Return ``sum_i terms[:, i] directions[i]`` in scratch memory."""
        part = self.work("part of dy", (len(terms), self.out_features), terms.dtype)
        return np.einsum("nio,io->no", terms, directions, out=part, casting="same_kind")

    def _differences(self, name, rows):
        """Return x - weight for each sample and template."""
        shape = len(rows), self.in_features, self.out_features
        d = self.work(name, shape, self.y.dtype)
        return np.subtract(rows[:, :, None], self.weight, out=d)

    def _slope(self):
        """Return c * d: y times the derivatives of y by x."""
        return self._weigh(self._d, self.work("slope", self._d.shape, self._d.dtype))

    def _accumulate(self, terms, q, grad, scale):
        """Add ``scale * sum_n terms[n] q[n]`` to a gradient."""
        share = self.work("share", grad.shape, grad.dtype)
        np.einsum("nio,no->io", terms, q, out=share, casting="same_kind")
        np.multiply(share, scale, out=share)
        grad += share

    def _quotients(self, x, dC_dy):
        """Return q, once d and y are those of x."""
        self._prepare(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        q = self._lengths(np.result_type(dC_dy, self.y))
        return np.divide(dC_dy.reshape(q.shape), q, out=q)

    def _lengths(self, dtype):
        """Return y + 1e-7 as rows, in scratch memory."""
        shape = len(self._d), self.out_features
        q = self.work("q", shape, dtype)
        return np.add(self.y.reshape(shape), 1e-7, out=q, casting="same_kind")

    def _prepare(self, x):
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)

    def _check(self, x):
        """Return x as (N, in_features), once checked."""
        one = getattr(x, "ndim", None) == 1
        check(self, "x", x, (self.in_features,) if one else (None, self.in_features))
        return x[None] if one else x

    def __repr__(self):
        return f"{type(self).__name__}({self.in_features} -> {self.out_features})"
