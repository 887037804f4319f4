"""KLDivCriterion: the divergence from a distribution, or from its logarithms."""

from nnmods.criterions.divergence import DivergenceCriterion
from nnmods.criterions.options import as_flag, describe


class KLDivCriterion(DivergenceCriterion):
    """Kullback-Leibler divergence of log-probabilities from a distribution.

    ::

        C     =  scale * sum(t * (log(t) - y))
        dC_dy = -scale * t
        scale =  1 / number of entries of y, or 1 without size_average,
                 or 1 / length of the first axis with batch_average

    with t the target, or its exponential with ``log_target``. Entries of which t is 0
    or less cost nothing, whatever y is there. `DistKLDivCriterion` is the same without
    the last two options.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries, which is N times the number of
        classes, not N.
    batch_average : bool, default=False
        Whether to divide by N instead, whatever ``size_average``: the mean divergence.
    log_target : bool, default=False
        Whether the target holds logarithms too.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``.

    References
    ----------
    S. Kullback, R. Leibler, "On information and sufficiency", Annals of Mathematical
    Statistics 22 (1951).

    Examples
    --------
    >>> import numpy as np
    >>> cost = KLDivCriterion(batch_average=True)
    >>> y, target = np.log([[0.5, 0.25, 0.25]]), np.array([[0.5, 0.5, 0.0]])
    >>> round(cost(y, target), 4), cost.backward(y, target)  # log(2) / 2
    (0.3466, array([[-0.5, -0.5, -0. ]]))
    """

    def __init__(
        self, size_average=True, batch_average=False, log_target=False, *, dtype=None
    ):
        super().__init__(size_average, dtype=dtype)
        self.batch_average = as_flag(batch_average, False)
        self.log_target = as_flag(log_target, False)

    def _scale(self, y):
        if self.batch_average:
            return 1 / len(y) if y.ndim and len(y) else 1.0
        return super()._scale(y)

    def __repr__(self):
        return describe(self, size_average=True, batch_average=False, log_target=False)
