"""BCEWithLogitsCriterion: the cross-entropy of yes and no, from raw scores."""

from nnmods.criterions.binary_scores import BinaryScoreCriterion
from nnmods.criterions.options import as_weights, describe


class BCEWithLogitsCriterion(BinaryScoreCriterion):
    """Binary cross-entropy of raw scores, with a weight for yes.

    ::

        p     = 1 / (1 + exp(-y))
        C     = -scale * sum(w * (v * t * log(p) + (1 - t) * log(1 - p)))
        dC_dy =  scale * w * ((1 - t) * p - v * t * (1 - p))
        scale =  1 / number of entries of y, or 1 without size_average

    with t the target, from 0 to 1. Scores of any size are right, infinite ones too: no
    exponential overflows, and no digits cancel. The weights do not enter the divisor.

    Parameters
    ----------
    weights : array_like, default=None
        w, of the last axes of y: one weight for each output, the same in all samples.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    pos_weight : array_like, default=None
        v, the weight of yes, of the last axes of y; above 1 it finds more at the price
        of false alarms. None means 1.
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights, pos_weight : ndarray or None

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``, or the weights do not fit it.

    Examples
    --------
    >>> import numpy as np
    >>> cost = BCEWithLogitsCriterion(pos_weight=3.0)
    >>> y, target = np.log([1.0, 3.0]), np.array([1.0, 0.0])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # (3 log(2) + log(4)) / 2
    (1.7329, array([-0.75 ,  0.375]))
    """

    def __init__(self, weights=None, size_average=True, pos_weight=None, *, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.weights = as_weights(self, weights)
        self.pos_weight = as_weights(self, pos_weight, argument="pos_weight")

    def __repr__(self):
        return describe(self, weights=None, size_average=True, pos_weight=None)
