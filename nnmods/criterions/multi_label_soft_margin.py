"""MultiLabelSoftMarginCriterion: yes or no for each class, from raw scores."""

from nnmods.criterions.binary_scores import BinaryScoreCriterion
from nnmods.criterions.options import as_weights, describe


class MultiLabelSoftMarginCriterion(BinaryScoreCriterion):
    """Binary cross-entropy of each class, given scores: sigmoid and BCE in one.

    ::

        p     = 1 / (1 + exp(-y))
        C     = -scale * sum(w * (t log(p) + (1 - t) log(1 - p)))
        dC_dy =  scale * w * (p - t)
        scale =  1 / number of entries of y, or 1 without size_average

    with t the target, from 0 to 1. Scores of any size are right: no exponential
    overflows. The weights do not enter the divisor.

    Parameters
    ----------
    weights : array_like, shape (C,), default=None
        w, one for each class; None means 1.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights : ndarray, shape (C,), or None

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``, or the weights do not fit it.

    References
    ----------
    Torch7, nn.MultiLabelSoftMarginCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> cost = MultiLabelSoftMarginCriterion()
    >>> y, target = np.log([1.0, 3.0]), np.array([1.0, 0.0])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # (log(2) + log(4)) / 2
    (1.0397, array([-0.25 ,  0.375]))
    """

    def __init__(self, weights=None, size_average=True, *, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.weights = as_weights(self, weights, 1)

    def __repr__(self):
        return describe(self, weights=None, size_average=True)
