"""SoftMax, SpatialSoftMax and SoftMin: probabilities from scores."""

import numpy as np

from nnmods.activations.along_axis import AlongAxis
from nnmods.kernels.softmax import (
    softmax,
    softmax_backward,
    softmin,
    softmin_backward,
)


class Probabilities(AlongAxis):
    """exp(x) / sum(exp(x)) along an axis.

    ::

        ddC_dx  = dy * (dC_dy - sum(y * dC_dy)) - y * sum(dy * dC_dy)
        d2C_dx2 = y^2 * ((1 - y)^2 * d2C_dy2 + sum of y^2 * d2C_dy2 over the others)
                  (+ y * (1 - 2 y) * (dC_dy - sum(y * dC_dy)))

    All three are the same for -x, as they are even in the sign of x.
    """

    def f(self, x, axis, out):
        softmax(x, axis, out, self.work)

    def vjp(self, y, dC_dy, axis, out):
        softmax_backward(y, dC_dy, axis, out, self.work)

    def tangent(self, y, dx, axis, out):
        self.vjp(y, dx, axis, out)  # the Jacobian is symmetric

    def turn(self, y, dC_dy, dx, axis, out):
        softmax_backward(y, dx, axis, out, self.work)  # dy
        part = self.work("part", y.shape, out.dtype)
        np.multiply(out, dC_dy, out=part)
        total = self._sum("total", part, axis)
        np.multiply(y, dC_dy, out=part)
        mean = self._sum("mean", part, axis)
        np.subtract(dC_dy, mean, out=part)
        np.multiply(out, part, out=out)
        np.multiply(y, total, out=part)
        np.subtract(out, part, out=out)

    def squares(self, y, d2C_dy2, axis, out):
        others = self.work("part", y.shape, out.dtype)
        np.square(y, out=out)
        np.multiply(out, d2C_dy2, out=others)
        # No sum of positive numbers is rounded to less than one of them.
        np.subtract(self._sum("total", others, axis), others, out=others)
        np.subtract(1, y, out=out)
        np.square(out, out=out)
        np.multiply(out, d2C_dy2, out=out)
        np.add(out, others, out=out)
        np.multiply(out, y, out=out)
        np.multiply(out, y, out=out)

    def own(self, y, dC_dy, axis, out):
        softmax_backward(y, dC_dy, axis, out, self.work)
        factor = self.work("part", y.shape, out.dtype)
        np.multiply(y, -2, out=factor)
        np.add(factor, 1, out=factor)
        np.multiply(out, factor, out=out)


class SoftMax(Probabilities):
    """Positive numbers that sum to 1 along an axis.

    ::

        y     = exp(x) / sum(exp(x))
        dC_dx = y * (dC_dy - sum(y * dC_dy))
        dy    = y * (dx - sum(y * dx))          (the Jacobian is symmetric)

    The largest entry is subtracted from x first, so that no score is too large. A
    score of -inf has probability 0; a row of nothing else, or with +inf or NaN, is NaN.

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
    >>> SoftMax()(np.log([[1.0, 3.0], [2.0, 2.0]]))
    array([[0.25, 0.75], [0.5 , 0.5 ]])
    """


class SpatialSoftMax(Probabilities):
    """Numbers that sum to 1 over the channels at each place of an image.

    ::

        y     = exp(x) / sum(exp(x))            (sums over the channels)
        dC_dx = y * (dC_dy - sum(y * dC_dy))

    It is `SoftMax` under another name, as in Torch7, and takes (C,) and (N, C) too.

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
    >>> SpatialSoftMax()(np.zeros((4, 2, 3))).sum(axis=0)
    array([[1., 1., 1.], [1., 1., 1.]])
    """


class SoftMin(Probabilities):
    """Positive numbers that sum to 1 along an axis, large where x is small.

    ::

        y     = exp(-x) / sum(exp(-x))
        dC_dx = -y * (dC_dy - sum(y * dC_dy))
        dy    = -y * (dx - sum(y * dx))

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
    >>> SoftMin()(np.log([[1.0, 3.0], [2.0, 2.0]]))
    array([[0.75, 0.25], [0.5 , 0.5 ]])
    """

    def f(self, x, axis, out):
        softmin(x, axis, out, self.work)

    def vjp(self, y, dC_dy, axis, out):
        softmin_backward(y, dC_dy, axis, out, self.work)
