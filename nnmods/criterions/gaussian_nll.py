"""GaussianNLLCriterion: a mean, and how sure one is of it."""

import math

import numpy as np

from nnmods.core import check
from nnmods.core.dtypes import promote
from nnmods.core.tables import check_table
from nnmods.criterions.gaussian_curvature import GaussianCurvature
from nnmods.criterions.options import as_flag, as_positive, check_range, describe
from nnmods.criterions.pairs import PairCriterion


class GaussianNLLCriterion(GaussianCurvature, PairCriterion):
    """Negative log-likelihood of numbers, given their means and variances.

    ::

        d      = mean - target                             with mean, variance = y
        v      = max(variance, eps)
        C      = scale / 2 * sum(d^2 / v + log(v))
        dC_da  = scale * d / v                             by the mean
        dC_db  = scale / 2 * (1 - d^2 / v) / v             by the variance,
                                                           0 where that is below eps
        scale  = 1 / number of entries of the mean, or 1 without size_average

    With ``full``, log(2 pi) / 2 is added for each entry. The variance is shaped like
    the mean, or has one number for each vector along the last axis: (N, D) with (N, 1)
    or (N,). PyTorch's gradient does not see the max: it is not 0 below eps.

    Parameters
    ----------
    full : bool, default=False
    eps : float, default=1e-6
        Smallest variance.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``y`` has other than two entries, if the variance or ``target`` does not fit
        the mean, or a variance is negative (NaN passes).

    References
    ----------
    D. Nix, A. Weigend, "Estimating the mean and variance of the target probability
    distribution", ICNN 1994.

    Examples
    --------
    >>> cost = GaussianNLLCriterion()
    >>> y, target = [np.array([1.0, 3.0]), np.array([1.0, 4.0])], np.array([1.0, 1.0])
    >>> round(cost(y, target), 4)  # (4 / 4 + log(4)) / 4
    0.5966
    >>> cost.backward(y, target)
    [array([0.  , 0.25]), array([0.25, 0.  ])]
    """

    def __init__(self, full=False, eps=1e-6, size_average=True, *, dtype=None):
        super().__init__(dtype)
        self.full = as_flag(full, False)
        self.eps = as_positive(self, "eps", eps, 1e-6)
        self.size_average = as_flag(size_average)

    def _pair(self, y):
        check_table(self, "y", y, 2)
        mean, variance = y
        check(self, "y[0]", mean, (...,))
        check(self, "y[1]", variance, (...,))
        if mean.ndim and variance.shape in (mean.shape[:-1], (*mean.shape[:-1], 1)):
            return mean, variance
        check(self, "y[1]", variance, mean.shape)
        return mean, variance

    def _compared(self, a, b, target):
        check(self, "target", target, a.shape)
        check_range(self, "y[1]", b)
        return target

    @np.errstate(over="ignore", invalid="ignore")
    def _cost(self, a, b, target):
        d, v, share = self._parts(a, b, target)
        np.divide(d, v, out=share)
        np.multiply(share, d, out=share)
        np.log(v, out=v)
        np.add(share, v, out=share)
        scale = self._scale(a)
        C = float(np.add.reduce(share, axis=None)) * 0.5 * scale
        return C + 0.5 * math.log(2 * math.pi) * a.size * scale if self.full else C

    @np.errstate(over="ignore", invalid="ignore")
    def _gradient(self, a, b, target, dC_da, dC_db):
        d, v, share = self._parts(a, b, target)
        scale = self._scale(a)
        np.divide(d, v, out=share)
        np.multiply(share, scale, out=dC_da)
        np.multiply(share, d, out=share)
        np.subtract(1, share, out=share)
        np.divide(share, v, out=share)
        np.multiply(share, 0.5 * scale, out=share)
        self._put(a, b, share, dC_db)

    def _put(self, a, b, terms, out):
        """Write what is by the variance of each entry to ``out``, 0 below eps."""
        if out.shape == a.shape:
            out[...] = terms
        else:
            np.add.reduce(terms, axis=-1, keepdims=True, out=self._aligned(a, out))
        np.copyto(out, 0, where=self._low(b))

    def _low(self, b):
        low = self.work("low", b.shape, np.bool_)
        return np.less(b, self.eps, out=low)

    def _parts(self, a, b, target):
        """Return d, v and room for an array like d, in scratch memory."""
        dtype, b = promote(self, (a, b)), self._aligned(a, b)
        d = self.work("difference", a.shape, dtype)
        v = self.work("v", b.shape, dtype)
        np.subtract(a, target, out=d, dtype=dtype)
        np.maximum(b, self.eps, out=v, dtype=dtype)
        return d, v, self.work("share", a.shape, dtype)

    def _aligned(self, a, b):
        return b if b.ndim == a.ndim else b[..., None]

    def _scale(self, a):
        return 1 / a.size if self.size_average and a.size else 1.0

    def __repr__(self):
        return describe(self, full=False, eps=1e-6, size_average=True)
