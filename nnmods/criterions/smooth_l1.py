"""SmoothL1Criterion: squared where small, absolute where large."""

from nnmods.criterions.clipped import ClippedCriterion


class SmoothL1Criterion(ClippedCriterion):
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
    >>> import numpy as np
    >>> cost = SmoothL1Criterion()
    >>> y, target = np.array([0.5, 4.0]), np.array([0.0, 2.0])
    >>> cost(y, target), cost.backward(y, target)  # (1/8 + 3/2) / 2
    (0.8125, array([0.25, 0.5 ]))
    """
