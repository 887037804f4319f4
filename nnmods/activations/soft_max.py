"""SoftMax: probabilities from scores."""

from nnmods.activations.along_axis import AlongAxis
from nnmods.kernels.softmax import softmax, softmax_backward


class SoftMax(AlongAxis):
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
    >>> import numpy as np
    >>> SoftMax()(np.log([[1.0, 3.0], [2.0, 2.0]]))
    array([[0.25, 0.75], [0.5 , 0.5 ]])
    """

    def f(self, x, axis, out):
        softmax(x, axis, out, self.work)

    def vjp(self, y, dC_dy, axis, out):
        softmax_backward(y, dC_dy, axis, out, self.work)

    tangent = vjp
