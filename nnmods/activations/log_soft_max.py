"""LogSoftMax: logarithms of probabilities from scores."""

import numpy as np

from nnmods.activations.along_axis import AlongAxis
from nnmods.kernels.softmax import log_softmax, log_softmax_backward


class LogSoftMax(AlongAxis):
    """Logarithms of numbers that sum to 1 along an axis.

    ::

        y     = x - log(sum(exp(x)))
        dC_dx = dC_dy - exp(y) * sum(dC_dy)
        dy    = dx - sum(exp(y) * dx)

    The largest entry is subtracted from x first, so that no score is too large. A
    score of -inf stays; a row of nothing else, or with +inf or NaN, is NaN.

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

    def f(self, x, axis, out):
        log_softmax(x, axis, out, self.work)

    def vjp(self, y, dC_dy, axis, out):
        log_softmax_backward(y, dC_dy, axis, out, self.work)

    def tangent(self, y, dx, axis, out):
        np.exp(y, out=out)
        np.multiply(out, dx, out=out)
        shape = list(out.shape)
        shape[axis] = 1
        mean = self.work("mean", tuple(shape), out.dtype)
        np.add.reduce(out, axis=axis, out=mean, keepdims=True)
        np.subtract(dx, mean, out=out)
