"""Kmeans: the nearest of several centres, which learn to follow the data."""

import numpy as np

from nnmods.core import Module, check, get_rng, reuse
from nnmods.core.arrays import same_memory
from nnmods.kernels.sparse import add_transposed_product, range_of
from nnmods.layers.linear.centres import choose_far_apart, find_nearest
from nnmods.layers.linear.indices import INTP, counts_of, size_of
from nnmods.layers.linear.kmeans_second_order import KmeansSecondOrder


class Kmeans(KmeansSecondOrder):
    """Index of the nearest of k centres, for each row.

    ::

        y[n]            = the k of the smallest |x[n] - weight[k]|, the first of equals
        loss            = sum_n |x[n] - weight[y[n]]|**2
        dC_dx           = 0
        grad_weight[k] += s / count[k] * sum over x[n] of y[n] = k (weight[k] - x[n])

    where s is ``scale`` of the call times that of the constructor, and 1e-7 is added to
    each count. There is no cost after it: ``dC_dy`` counts for nothing, and a step down
    the gradient moves each centre towards the mean of its samples.

    Parameters
    ----------
    k : int
        The number of centres.
    dim : int
        The length of a row.
    scale : float, default=None
        Multiplies the gradient; None means 1.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial centres, uniform on +-1.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (k, dim)
    y : ndarray, shape (N,)
        Whole numbers from 0, in the dtype of the centres.
    loss : float
        Of the last `forward`.

    Raises
    ------
    ValueError
        If ``x`` is not (N, dim), or there are too few samples to start from.

    References
    ----------
    .. [1] D. Arthur, S. Vassilvitskii, "k-means++", SODA 2007; Torch7,
           ``nn/Kmeans.lua``, whose own scale replaces that of the call.

    Examples
    --------
    >>> module = Kmeans(2, 1, rng=0)
    >>> module.weight[...] = [[0], [10]]
    >>> module(np.array([[1.0], [8.0], [-2.0]])), module.loss
    (array([0., 1., 0.]), 9.0)
    """

    _results = (*Module._results, "_nearest", "loss")
    _nearest = None
    loss = 0.0

    def __init__(self, k, dim, scale=None, *, dtype=None, rng=None):
        super().__init__(dtype)
        self.k, self.dim = size_of("Kmeans", "k", k), size_of("Kmeans", "dim", dim)
        if scale is not None and not scale > 0:
            raise ValueError(f"Kmeans: scale is {scale}, expected more than 0")
        self.scale, self.p = scale, 0.95
        self.weight = np.empty((self.k, self.dim), self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        """Draw centres, uniform on +-stdv or +-1, and return self."""
        bound = 1.0 if stdv is None else stdv
        self.weight[...] = get_rng(rng).uniform(-bound, bound, self.weight.shape)
        return self

    def init_random(self, x, rng=None):
        """Let the centres be samples of x, drawn one by one, and return self."""
        self._check(x)
        if len(x) < self.k:
            raise ValueError(
                f"{self!r}: x has {len(x)} samples, expected {self.k} or more"
            )
        self.weight[...] = x[get_rng(rng).integers(0, len(x), self.k)]
        return self

    def init_kmeans_plus(self, x, p=None, rng=None):
        """Let the centres be samples of x that are far apart, and return self.

        The first is any; each of the others is one of the ceil((1 - p) N) samples that
        are farthest from all centres so far. ``p`` is 0.95, or what it was before.
        """
        self._check(x)
        p = self.p if p is None else p
        if not 0 <= p <= 1:
            raise ValueError(f"{self!r}: p is {p}, expected 0 to 1")
        if not len(x):
            raise ValueError(f"{self!r}: x has 0 samples, expected 1 or more")
        self.p = p
        choose_far_apart(x, p, get_rng(rng), self.weight)
        return self

    def forward(self, x):
        self._check(x)
        self.y = reuse(self.y, (len(x),), self.weight, x)
        self._nearest = self.work("nearest", (len(x),), INTP)
        least = find_nearest(x, self.weight, self._nearest, self.y.dtype, self.work)
        self.y[...] = self._nearest
        self.loss = float(least.sum())
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        self._check(x, dC_dy)
        self.dC_dx = reuse(self.dC_dx, x.shape, self.weight, x, dC_dy)
        self.dC_dx.fill(0)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check(x, dC_dy)
        self._accumulate(x, x, self.weight, scale)

    def _accumulate(self, x, samples, centres, scale):
        """Add what samples like x pull at centres, those that are nearest to x."""
        self._add_pulls(*self._pulls(x, samples, centres, scale))

    def _add_pulls(self, away, factors):
        starts, grad = range_of(len(away), self.work), self.grad_weight
        add_transposed_product(starts, self._nearest, factors, away, grad, self.work)

    def _pulls(self, x, samples, centres, scale):
        """Return nearest centre minus sample, and what multiplies each of these."""
        if x is not self._x and not same_memory(x, self._x):
            self.forward(x)
        nearest, N = self._nearest, len(x)
        away = self.work("away", x.shape, self.weight.dtype)
        away.fill(0)
        if centres is not None:
            np.take(centres, nearest, axis=0, out=away, mode="clip")
        np.subtract(away, samples, out=away, casting="same_kind")
        factors = self.work("factors", (N,), self.weight.dtype)
        scale = scale if self.scale is None else scale * self.scale
        if N:
            np.add(counts_of(nearest, self.work), 1e-7, out=factors)
        np.divide(scale, factors, out=factors)
        return away, factors

    def jvp(self, x, dx, dparams=None):
        self._check(x)
        check(self, "dx", dx, x.shape)
        self._dy = reuse(self._dy, (len(x),), self.weight, dx)
        self._dy.fill(0)
        return self._dy

    def _check(self, x, *gradient):
        check(self, "x", x, (None, self.dim))
        for dC_dy in gradient:
            check(self, "dC_dy", dC_dy, (len(x),))

    def __repr__(self):
        scale = "" if self.scale is None else f", scale={self.scale}"
        return f"Kmeans({self.k}, {self.dim}{scale})"
