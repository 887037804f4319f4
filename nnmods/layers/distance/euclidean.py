"""Euclidean and WeightedEuclidean: distances from learned templates."""

import numpy as np

from nnmods.core import check
from nnmods.layers.distance.template_distances import TemplateDistances


class Euclidean(TemplateDistances):
    """Distances of x from learned templates.

    ::

        y[n, j]           = |x[n] - weight[:, j]|
        q                 = dC_dy / (y + 1e-7)
        dC_dx[n]          = sum_j q[n, j] (x[n] - weight[:, j])
        grad_weight[:, j] += scale * sum_n q[n, j] (weight[:, j] - x[n])

    At distance 0 all gradients are 0.

    Parameters
    ----------
    in_features, out_features : int
        The length of x, and the number of templates.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features, out_features)

    Raises
    ------
    ValueError
        If ``x`` is neither (in_features,) nor (N, in_features), or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/Euclidean.lua``.

    Examples
    --------
    >>> module = Euclidean(2, 2, rng=0)
    >>> module.weight[...] = [[3, 0], [4, 0]]
    >>> module(np.zeros(2))
    array([5., 0.])
    """


class WeightedEuclidean(TemplateDistances):
    """Distances of x from learned templates, in learned units along each axis.

    ::

        y[n, j]             = |c[:, j] * (x[n] - w[:, j])|     w weight, c diag_cov
        q                   = dC_dy / (y + 1e-7)
        dC_dx[n]            = sum_j q[n, j] c[:, j]**2 (x[n] - w[:, j])
        grad_weight[:, j]  += scale * sum_n q[n, j] c[:, j]**2 (w[:, j] - x[n])
        grad_diag_cov[:, j] += scale * sum_n q[n, j] c[:, j] (w[:, j] - x[n])**2

    At distance 0 all gradients are 0.

    Parameters
    ----------
    in_features, out_features : int
        The length of x, and the number of templates.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial templates, uniform on +-1/sqrt(in_features); ``diag_cov``
        is 1.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features, out_features)
    diag_cov, grad_diag_cov : ndarray, shape (in_features, out_features)

    Raises
    ------
    ValueError
        If ``x`` is neither (in_features,) nor (N, in_features), or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/WeightedEuclidean.lua``. There the gradient of ``diag_cov``
           ignores the scale for a single sample, and is NaN where it is 0.

    Examples
    --------
    >>> module = WeightedEuclidean(2, 1, rng=0)
    >>> module.weight[...], module.diag_cov[...] = 0, [[2], [1]]
    >>> module(np.array([[3.0, 8.0]]))
    array([[10.]])
    """

    def _make_parameters(self, shape):
        super()._make_parameters(shape)
        self.diag_cov = np.empty(shape, self.dtype)
        self.grad_diag_cov = np.zeros(shape, self.dtype)

    def reset(self, rng=None, stdv=None):
        self.diag_cov.fill(1)
        return super().reset(rng, stdv)

    def _weigh(self, d, out):
        return np.multiply(d, self.diag_cov, out=out, casting="same_kind")

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        q, terms = self._quotients(x, dC_dy), self._products(x)
        self._accumulate(terms, q, self.grad_diag_cov, scale)

    def _turned(self, x, ddiff, dparams):
        dd = self.diag_cov * ddiff
        if dparams is None:
            return dd, self.diag_cov * dd
        dd += dparams[1] * self._differences("terms", self._check(x))
        return dd, self.diag_cov * dd + dparams[1] * self._d

    def _pass_on(self, x, turned, ddiff, dd, q, dq, scale):
        super()._pass_on(x, turned, ddiff, dd, q, dq, scale)
        change = dd * self._differences("terms", self._check(x)) + self._d * ddiff
        change = change * q[:, None] + self._products(x) * dq[:, None]
        self.grad_diag_cov += scale * change.sum(axis=0)

    def _slopes_of_parameters(self, x):
        yield from super()._slopes_of_parameters(x)
        yield self._products(x), self.grad_diag_cov

    def _products(self, x):
        """Return c (x - w)^2 in scratch memory."""
        terms = self._differences("terms", self._check(x))
        return np.multiply(terms, self._d, out=terms)

    def _add_directions(self, x, slope, dparams, dy):
        super()._add_directions(x, slope, dparams, dy)
        check(self, "dparams[1]", dparams[1], self.diag_cov.shape)
        dy += self._combine(self._products(x), dparams[1])
