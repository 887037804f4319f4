"""SmoothL1Criterion: squared where small, absolute where large."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class SmoothL1Criterion(ElementwiseCriterion):
    """Mean of differences that are squared below 1 and absolute above.

    ::

        d     = y - target
        C     = scale * sum(d^2 / 2 where |d| < 1, else |d| - 1/2)
        dC_dy = scale * min(max(d, -1), 1)
        scale = 1 / number of entries of y, or 1 without size_average

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``.

    References
    ----------
    P. Huber, "Robust estimation of a location parameter", Annals of Mathematical
    Statistics 35 (1964); Torch7, nn.SmoothL1Criterion.

    Examples
    --------
    >>> cost = SmoothL1Criterion()
    >>> y, target = np.array([0.5, 4.0]), np.array([0.0, 2.0])
    >>> cost(y, target), cost.backward(y, target)  # (1/8 + 3/2) / 2
    (0.8125, array([0.25, 0.5 ]))
    """

    def c(self, y, target, out):
        near = self.work("near", y.shape, out.dtype)
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.absolute(out, out=out)
        np.minimum(out, 1, out=near)  # |d| * near - near^2 / 2 is both branches
        np.multiply(out, near, out=out)
        np.multiply(near, near, out=near)
        np.multiply(near, 0.5, out=near)
        np.subtract(out, near, out=out)

    def dc(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.maximum(out, -1, out=out)
        np.minimum(out, 1, out=out)
        np.multiply(out, scale, out=out)
