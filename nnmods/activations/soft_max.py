"""SoftMax, SpatialSoftMax and SoftMin: probabilities from scores."""

import numpy as np

from nnmods.activations.along_axis import AlongAxis
from nnmods.kernels.softmax import softmax, softmax_backward


class Probabilities(AlongAxis):
    """exp(x) / sum(exp(x)) along an axis."""

    def f(self, x, axis, out):
        softmax(x, axis, out, self.work)

    def vjp(self, y, dC_dy, axis, out):
        softmax_backward(y, dC_dy, axis, out, self.work)

    def tangent(self, y, dx, axis, out):
        self.vjp(y, dx, axis, out)  # the Jacobian is symmetric


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
        turned = self.work("turned", x.shape, out.dtype)
        np.negative(x, out=turned)
        super().f(turned, axis, out)

    def vjp(self, y, dC_dy, axis, out):
        super().vjp(y, dC_dy, axis, out)
        np.negative(out, out=out)
