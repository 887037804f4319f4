"""LogSoftMax and SpatialLogSoftMax: logarithms of probabilities from scores."""

import numpy as np

from nnmods.activations.along_axis import AlongAxis
from nnmods.core import reuse
from nnmods.kernels.softmax import (
    log_softmax,
    log_softmax_backward,
    log_softmax_backward_from,
)


class LogProbabilities(AlongAxis):
    """x - log(sum(exp(x))) along an axis.

    ::

        ddC_dx  = -exp(y) * dy * sum(dC_dy)
        d2C_dx2 = (1 - exp(y))^2 * d2C_dy2
                  + exp(y)^2 * sum of d2C_dy2 over the others
                  (- exp(y) * (1 - exp(y)) * sum(dC_dy))

    Attributes
    ----------
    joins_cost : bool
        True: analysis counts a last one of these to the cost, as its curvature is.
    """

    joins_cost = True
    _results = (*AlongAxis._results, "_kept")
    _kept = ()  # exponentials and factors, whose product is exp(y), in training

    def f(self, x, axis, out):
        self._kept = self._memory(axis, out) if self.train else ()
        log_softmax(x, axis, out, self.work, self._kept)

    def _memory(self, axis, y):
        exps, factors = self._kept or (None, None)
        shape = list(y.shape)
        shape[axis] = 1
        return reuse(exps, y.shape, y), reuse(factors, tuple(shape), y)

    def vjp(self, y, dC_dy, axis, out):
        if self._kept:
            log_softmax_backward_from(self._kept, dC_dy, axis, out, self.work)
        else:
            log_softmax_backward(y, dC_dy, axis, out, self.work)

    def tangent(self, y, dx, axis, out):
        np.exp(y, out=out)
        np.multiply(out, dx, out=out)
        np.subtract(dx, self._sum("mean", out, axis), out=out)

    def turn(self, y, dC_dy, dx, axis, out):
        p = self.work("p", y.shape, out.dtype)
        self.tangent(y, dx, axis, out)
        np.exp(y, out=p)
        np.multiply(out, p, out=out)
        np.multiply(out, self._sum("total", dC_dy, axis), out=out)
        np.negative(out, out=out)

    def squares(self, y, d2C_dy2, axis, out):
        p = self.work("p", y.shape, out.dtype)
        np.exp(y, out=p)
        np.square(p, out=p)
        # No sum of positive numbers is rounded to less than one of them.
        np.subtract(self._sum("total", d2C_dy2, axis), d2C_dy2, out=out)
        np.multiply(p, out, out=p)
        np.expm1(y, out=out)
        np.square(out, out=out)
        np.multiply(out, d2C_dy2, out=out)
        np.add(out, p, out=out)

    def own(self, y, dC_dy, axis, out):
        p = self.work("p", y.shape, out.dtype)
        np.exp(y, out=p)
        np.expm1(y, out=out)
        np.multiply(out, p, out=out)
        np.multiply(out, self._sum("total", dC_dy, axis), out=out)


class LogSoftMax(LogProbabilities):
    """Logarithms of numbers that sum to 1 along an axis.

    ::

        y     = x - log(sum(exp(x)))
        dC_dx = dC_dy - exp(y) * sum(dC_dy)
        dy    = dx - sum(exp(y) * dx)

    The largest entry is subtracted from x first, so that no score is too large. A
    score of -inf stays; a row of nothing else, or with +inf or NaN, is NaN. In training
    the exponentials stay, in an array like y, so that `backward` need not repeat them.

    Parameters
    ----------
    axis : int or None, default=None
        The axis, negative from the end. None takes Torch7's: the only one of (C,),
        the second of (N, C) and (N, C, H, W), the first of (C, H, W).

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or without ``axis`` other than 1 to 4 axes.

    Examples
    --------
    >>> LogSoftMax()(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """


class SpatialLogSoftMax(LogProbabilities):
    """Logarithms of numbers that sum to 1 over the channels of an image.

    ::

        y     = x - log(sum(exp(x)))            (sums over the channels)
        dC_dx = dC_dy - exp(y) * sum(dC_dy)

    It is `LogSoftMax` under another name, as in Torch7, and takes (C,) and (N, C) too.

    Parameters
    ----------
    axis : int or None, default=None
        The axis, negative from the end. None takes Torch7's: the only one of (C,),
        the second of (N, C) and (N, C, H, W), the first of (C, H, W).

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or without ``axis`` other than 1 to 4 axes.

    Examples
    --------
    >>> SpatialLogSoftMax()(np.zeros((2, 1, 3)))[0]
    array([[-0.69314718, -0.69314718, -0.69314718]])
    """
