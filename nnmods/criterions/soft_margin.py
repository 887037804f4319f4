"""SoftMarginCriterion: the logistic loss of signs."""

from nnmods.criterions.logistic import LogisticCriterion


class SoftMarginCriterion(LogisticCriterion):
    """Logistic loss of scores y whose signs should be those of the target.

    ::

        C     =  scale * sum(log(1 + exp(-y * target)))
        dC_dy = -scale * target / (1 + exp(y * target))
        scale =  1 / number of entries of y, or 1 without size_average

    Scores of any size are right: no exponential overflows.

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
    Torch7, nn.SoftMarginCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> cost = SoftMarginCriterion()
    >>> y, target = np.log([3.0, 3.0]), np.array([1.0, -1.0])
    >>> round(cost(y, target), 4)  # (log(4/3) + log(4)) / 2
    0.837
    >>> cost.backward(y, target)
    array([-0.125,  0.375])
    """

    def __init__(self, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
