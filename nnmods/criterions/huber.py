"""HuberCriterion: squared where small, linear where large."""

from nnmods.criterions.clipped import ClippedCriterion
from nnmods.criterions.options import as_positive, describe


class HuberCriterion(ClippedCriterion):
    """Mean of differences that are squared below delta and linear above.

    ::

        d     = y - target
        C     = scale * sum(d^2 / 2 where |d| < delta, else delta * (|d| - delta / 2))
        dC_dy = scale * min(max(d, -delta), delta)
        scale = 1 / number of entries of y, or 1 without size_average

    With delta = 1 it is `SmoothL1Criterion`.

    Parameters
    ----------
    delta : float, default=1.0
        Where the parabola passes into a line, above 0.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``delta`` is not above 0, or ``target`` is not shaped like ``y``.

    References
    ----------
    P. Huber, "Robust estimation of a location parameter", Annals of Mathematical
    Statistics 35 (1964).

    Examples
    --------
    >>> import numpy as np
    >>> cost = HuberCriterion(2.0)
    >>> y, target = np.array([1.0, 8.0]), np.array([0.0, 3.0])
    >>> cost(y, target), cost.backward(y, target)  # (1/2 + 2 * (5 - 1)) / 2
    (4.25, array([0.5, 1. ]))
    """

    def __init__(self, delta=1.0, size_average=True, *, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.delta = as_positive(self, "delta", delta, 1.0)

    def __repr__(self):
        return describe(self, delta=1.0, size_average=True)
