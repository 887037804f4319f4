"""MarginCriterion: the hinge of a score."""

import numpy as np

from nnmods.core.options import as_number
from nnmods.criterions.options import describe
from nnmods.criterions.signs import SignedCriterion


class MarginCriterion(SignedCriterion):
    """Hinge loss of scores y whose signs should be those of the target.

    ::

        C     =  scale * sum(max(0, margin - y * target))
        dC_dy = -scale * target where y * target < margin, else 0
        scale =  1 / number of entries of y, or 1 without size_average

    Exactly at the margin the gradient is 0.

    Parameters
    ----------
    margin : float, default=1
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
    C. Cortes, V. Vapnik, "Support-vector networks", Machine Learning 20 (1995);
    Torch7, nn.MarginCriterion.

    Examples
    --------
    >>> cost = MarginCriterion()
    >>> y, target = np.array([0.5, 0.5]), np.array([1.0, -1.0])
    >>> cost(y, target), cost.backward(y, target)
    (1.0, array([-0.5,  0.5]))
    """

    curved = False

    def __init__(self, margin=1, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.margin = as_number(self, "margin", margin, 1)

    def c(self, y, target, out):
        self._missing(y, target, out)
        np.maximum(out, 0, out=out)

    def dc(self, y, target, scale, out):
        self._missing(y, target, out)
        np.heaviside(out, 0.0, out=out)  # NaN stays NaN, as it does not in a comparison
        np.multiply(out, target, out=out)
        np.multiply(out, -scale, out=out)

    def _missing(self, y, target, out):
        """Write what is missing to the margin into ``out``."""
        np.multiply(y, target, out=out, dtype=out.dtype)
        np.subtract(self.margin, out, out=out)

    def __repr__(self):
        return describe(self, margin=1, size_average=True)
