"""PoissonNLLCriterion: counts, and the rates at which they come."""

import math

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion
from nnmods.criterions.options import as_flag, as_positive, check_range, describe


class PoissonNLLCriterion(ElementwiseCriterion):
    """Negative log-likelihood of counts, given rates or their logarithms.

    ::

        C     = scale * sum(exp(y) - t * y)                 with log_input
        C     = scale * sum(y - t * log(y + eps))           without
        dC_dy = scale * (exp(y) - t), or scale * (1 - t / (y + eps))
        H     = scale * exp(y), or scale * t / (y + eps)^2        on the diagonal
        scale = 1 / number of entries of y, or 1 without size_average

    with t the target. What does not depend on y, log(t!), is left out; with ``full``,
    Stirling's t log(t) - t + log(2 pi t) / 2 is added where t > 1. Where t is 0 its
    product is 0, whatever y is.

    Parameters
    ----------
    log_input : bool, default=True
        Whether y is the logarithm of the rate, or the rate.
    full : bool, default=False
    eps : float, default=1e-8
        Keeps the logarithm finite at a rate of 0; not used with ``log_input``.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``, or a rate is negative (NaN passes).

    Examples
    --------
    >>> cost = PoissonNLLCriterion()
    >>> y, target = np.log([2.0, 4.0]), np.array([3.0, 0.0])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # (2 - 3 log(2) + 4) / 2
    (1.9603, array([-0.5,  2. ]))
    """

    def __init__(
        self, log_input=True, full=False, eps=1e-8, size_average=True, *, dtype=None
    ):
        super().__init__(size_average, dtype=dtype)
        self.log_input = as_flag(log_input)
        self.full = as_flag(full, False)
        self.eps = as_positive(self, "eps", eps, 1e-8)

    @np.errstate(over="ignore", invalid="ignore")
    def c(self, y, target, out):
        term = self.work("term", y.shape, out.dtype)
        none = self.work("none", y.shape, np.bool_)
        self._log_rates(y, term)
        np.multiply(term, target, out=term)
        np.equal(target, 0, out=none)
        np.copyto(term, 0, where=none)
        if self.log_input:
            np.exp(y, out=out, dtype=out.dtype)
            np.subtract(out, term, out=out)
        else:
            np.subtract(y, term, out=out, dtype=out.dtype)
        if self.full:
            np.add(out, self._stirling(target, term, none), out=out)

    @np.errstate(over="ignore", divide="ignore", invalid="ignore")
    def dc(self, y, target, scale, out):
        if self.log_input:
            np.exp(y, out=out, dtype=out.dtype)
            np.subtract(out, target, out=out)
        else:
            np.add(y, self.eps, out=out, dtype=out.dtype)
            np.divide(target, out, out=out)
            np.subtract(1, out, out=out)
        np.multiply(out, scale, out=out)

    @np.errstate(over="ignore", divide="ignore", invalid="ignore")
    def d2c(self, y, target, scale, out):
        if self.log_input:
            np.exp(y, out=out, dtype=out.dtype)
        else:
            rate = self.work("term", y.shape, out.dtype)
            np.add(y, self.eps, out=rate, dtype=rate.dtype)
            np.divide(target, rate, out=out)
            np.divide(out, rate, out=out)  # a small rate's square would vanish
        np.multiply(out, scale, out=out)

    def _log_rates(self, y, out):
        if self.log_input:
            out[...] = y
        else:
            np.add(y, self.eps, out=out, dtype=out.dtype)
            np.log(out, out=out)

    def _stirling(self, target, out, few):
        """Return (t + 1/2) log(t) - t + log(2 pi) / 2, and 0 where t <= 1, in out."""
        t = self.work("t", out.shape, out.dtype)
        t[...] = target
        np.less_equal(t, 1, out=few)
        np.copyto(t, 1, where=few)
        np.log(t, out=out)
        np.subtract(out, 1, out=out)  # t (log(t) - 1): t log(t) alone overflows sooner
        np.multiply(out, t, out=out)
        np.log(t, out=t)
        np.multiply(t, 0.5, out=t)
        np.add(t, math.log(2 * math.pi) / 2, out=t)
        np.add(out, t, out=out)
        np.copyto(out, 0, where=few)
        return out

    def _compared(self, y, target):
        target = super()._compared(y, target)
        if not self.log_input:
            check_range(self, "y", y)
        return target

    def __repr__(self):
        return describe(self, log_input=True, full=False, eps=1e-8, size_average=True)
