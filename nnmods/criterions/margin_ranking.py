"""MarginRankingCriterion: which of two scores should be the larger one."""

import numpy as np

from nnmods.core.options import as_number
from nnmods.criterions.options import as_flag, describe
from nnmods.criterions.pairs import PairCriterion
from nnmods.criterions.signs import shaped_like


class MarginRankingCriterion(PairCriterion):
    """Hinge loss of the order of two scores: target 1 wants the first above.

    ::

        C      =  scale * sum(max(0, margin - target * (a - b)))     with a, b = y
        dC_da  = -scale * target where target * (a - b) <= margin, else 0
        dC_db  = -dC_da
        scale  =  1 / length of target, or 1 without size_average

    Exactly at the margin there is a gradient. A target of (N, M) has length N: the
    divisor is the number of samples, not of entries.

    Parameters
    ----------
    margin : float, default=1
    size_average : bool, default=True
        Whether to divide by the length of the target.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``y`` has other than two entries or their shapes differ, or ``target`` is
        not shaped like them; a number will do for scores of one entry.

    References
    ----------
    Torch7, nn.MarginRankingCriterion.

    Examples
    --------
    >>> cost = MarginRankingCriterion()
    >>> y, target = [np.array([2.0, 2.0]), np.array([0.5, 0.5])], np.array([1, -1])
    >>> cost(y, target), cost.backward(y, target)
    (1.25, [array([-0. ,  0.5]), array([ 0. , -0.5])])
    """

    curved = False

    def __init__(self, margin=1, *, size_average=True, dtype=None):
        super().__init__(dtype)
        self.margin = as_number(self, "margin", margin, 1)
        self.size_average = as_flag(size_average)

    def _compared(self, a, b, target):
        n = len(target) if np.ndim(target) and self.size_average else 1
        return shaped_like(self, target, a.shape), 1 / n if n else 1.0

    def _cost(self, a, b, target):
        sign, scale = target
        missing = self._missing(a, b, sign)
        np.maximum(missing, 0, out=missing)
        return float(np.add.reduce(missing, axis=None)) * scale

    def _gradient(self, a, b, target, dC_da, dC_db):
        sign, scale = target
        share = self._missing(a, b, sign)
        np.heaviside(share, 1.0, out=share)
        np.multiply(share, sign, out=share)
        np.multiply(share, scale, out=dC_db)
        np.negative(dC_db, out=dC_da)

    def _missing(self, a, b, sign):
        """Return what is missing to the margin, in scratch memory."""
        out = self._difference(a, b)
        np.multiply(out, sign, out=out)
        return np.subtract(self.margin, out, out=out)

    def __repr__(self):
        return describe(self, margin=1, size_average=True)
