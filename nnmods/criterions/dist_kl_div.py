"""DistKLDivCriterion: the divergence of log-probabilities from a distribution."""

from nnmods.criterions.divergence import DivergenceCriterion


class DistKLDivCriterion(DivergenceCriterion):
    """Kullback-Leibler divergence of log-probabilities y from probabilities.

    ::

        C     =  scale * sum(target * (log(target) - y))
        dC_dy = -scale * target
        scale =  1 / number of entries of y, or 1 without size_average

    Entries whose target is 0 or less cost nothing, whatever y is there.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries, which is N times the number of
        classes, not N.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``.

    References
    ----------
    S. Kullback, R. Leibler, "On information and sufficiency", Annals of Mathematical
    Statistics 22 (1951); Torch7, nn.DistKLDivCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> cost = DistKLDivCriterion()
    >>> y, target = np.log([0.5, 0.25, 0.25]), np.array([1.0, 0.0, 0.0])
    >>> round(3 * cost(y, target), 4), 3 * cost.backward(y, target)  # log(2)
    (0.6931, array([-1., -0., -0.]))
    """

    def __init__(self, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
