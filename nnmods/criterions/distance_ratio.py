"""DistanceRatioCriterion: a smaller distance against a larger one."""

import numpy as np

from nnmods.criterions.logistic import sigmoid, sigmoid_slope, softplus
from nnmods.criterions.options import as_flag, describe
from nnmods.criterions.pairs import PairCriterion


class DistanceRatioCriterion(PairCriterion):
    """Logistic loss of two distances, of which the first should be the smaller.

    ::

        C      = scale * sum(-log(exp(-a) / (exp(-a) + exp(-b))))    with a, b = y
        dC_da  = scale / (1 + exp(b - a))
        dC_db  = -dC_da
        ddC_da = scale * p * (1 - p) * (da - db)          with p = 1 / (1 + exp(b - a))
        ddC_db = -ddC_da
        scale  = 1 / N, or 1 without size_average

    with N the length of the first axis. There is no target: one is taken, and not
    looked at. Distances of any size are right: no exponential overflows.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by N.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    TypeError
        If ``y`` is not a table of arrays.
    ValueError
        If ``y`` has other than two entries, or their shapes differ or are ().

    References
    ----------
    E. Hoffer, I. Hubara, N. Ailon, "Deep unsupervised learning through spatial
    contrasting", arXiv:1610.00243; Torch7, nn.DistanceRatioCriterion.

    Examples
    --------
    >>> cost = DistanceRatioCriterion()
    >>> y = [np.log([3.0, 1.0]), np.log([1.0, 1.0])]
    >>> round(cost(y), 4), cost.backward(y)  # (log(4) + log(2)) / 2
    (1.0397, [array([0.375, 0.25 ]), array([-0.375, -0.25 ])])
    """

    def __init__(self, size_average=True, *, dtype=None):
        super().__init__(dtype)
        self.size_average = as_flag(size_average)

    def forward(self, y, target=None):
        return super().forward(y, target)

    def backward(self, y, target=None):
        return super().backward(y, target)

    def _pair(self, y):
        a, b = super()._pair(y)
        if not a.ndim:
            raise ValueError(f"{self!r}: y[0] has shape (), expected at least one axis")
        return a, b

    def _compared(self, a, b, target):
        return None

    def _cost(self, a, b, target):
        z = self._difference(a, b)
        softplus(z, self.work)
        return float(np.add.reduce(z, axis=None)) * self._scale(a)

    def _gradient(self, a, b, target, dC_da, dC_db):
        z = self._difference(a, b)
        sigmoid(z, self.work)
        np.multiply(z, self._scale(a), out=dC_da)
        np.negative(dC_da, out=dC_db)

    def _turn(self, a, b, target, da, db, ddC_da, ddC_db):
        self._diagonal(a, b, target, ddC_da, ddC_db)
        np.subtract(da, db, out=ddC_db)
        np.multiply(ddC_da, ddC_db, out=ddC_da)
        np.negative(ddC_da, out=ddC_db)

    def _diagonal(self, a, b, target, d2C_da2, d2C_db2):
        z = self._difference(a, b)
        sigmoid_slope(z, self.work)
        np.multiply(z, self._scale(a), out=d2C_da2)
        d2C_db2[...] = d2C_da2

    def _scale(self, a):
        return 1 / len(a) if self.size_average and len(a) else 1.0

    def __repr__(self):
        return describe(self, size_average=True)
