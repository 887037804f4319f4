"""L1HingeEmbeddingCriterion: the L1 distance of one pair."""

import numpy as np

from nnmods.core.options import as_number
from nnmods.criterions.options import describe
from nnmods.criterions.pairs import PairCriterion
from nnmods.criterions.signs import alike, shaped_like


class L1HingeEmbeddingCriterion(PairCriterion):
    """Hinge loss of the L1 distance of a pair: small where alike, else large.

    ::

        d      = sum(|a - b|)                                        with a, b = y
        C      = d where target = 1, max(0, margin - d) where target = -1
        dC_da  =  sign(a - b) where target = 1
        dC_da  = -sign(a - b) where target = -1 and d <= margin, else 0
        dC_db  = -dC_da

    The two arrays are one pair, whatever their shape, with one target. Exactly at the
    margin there is a gradient. Entries that are equal have none; Torch7 drew their
    sign by lot.

    Parameters
    ----------
    margin : float, default=1
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``y`` has other than two entries or their shapes differ, or if ``target`` is
        not one label, 1 or -1.

    References
    ----------
    Torch7, nn.L1HingeEmbeddingCriterion.

    Examples
    --------
    >>> cost = L1HingeEmbeddingCriterion(margin=5)
    >>> y = [np.array([1.0, 0.0]), np.array([0.0, 2.0])]
    >>> cost(y, -1), cost.backward(y, -1)
    (2.0, [array([-1.,  1.]), array([ 1., -1.])])
    """

    curved = False

    def __init__(self, margin=1, *, dtype=None):
        super().__init__(dtype)
        self.margin = as_number(self, "margin", margin, 1)

    def _compared(self, a, b, target):
        return bool(alike(self, shaped_like(self, target, ())))

    def _cost(self, a, b, target):
        d = self._distance(a, b)
        return d if target else float(np.maximum(0, self.margin - d))

    def _gradient(self, a, b, target, dC_da, dC_db):
        sign = 1
        if not target:
            sign = 0 if self._distance(a, b) > self.margin else -1
        difference = self._difference(a, b)
        np.sign(difference, out=difference)
        np.multiply(difference, sign, out=dC_da)
        np.negative(dC_da, out=dC_db)

    def _distance(self, a, b):
        difference = self._difference(a, b)
        np.absolute(difference, out=difference)
        return float(np.add.reduce(difference, axis=None))

    def __repr__(self):
        return describe(self, margin=1)
