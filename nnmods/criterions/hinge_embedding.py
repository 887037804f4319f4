"""HingeEmbeddingCriterion: distances of pairs that are alike, or are not."""

import numpy as np

from nnmods.core.options import as_number
from nnmods.criterions.options import describe
from nnmods.criterions.signs import SignedCriterion, alike


class HingeEmbeddingCriterion(SignedCriterion):
    """Hinge loss of distances y: small where alike, beyond a margin where not.

    ::

        C     = scale * sum(y where target = 1, max(0, margin - y) where target = -1)
        dC_dy = scale * (1 where target = 1, -1 where target = -1 and y <= margin)
        scale = 1 / number of entries of y, or 1 without size_average

    Exactly at the margin there is a gradient.

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
        If ``target`` is not shaped like ``y``, or a label is neither 1 nor -1.

    References
    ----------
    R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality reduction by learning an invariant
    mapping", CVPR 2006; Torch7, nn.HingeEmbeddingCriterion.

    Examples
    --------
    >>> cost = HingeEmbeddingCriterion()
    >>> y, target = np.array([0.25, 0.25, 3.0]), np.array([1, -1, -1])
    >>> 3 * cost(y, target), 3 * cost.backward(y, target)
    (1.0, array([ 1., -1., -0.]))
    """

    curved = False

    def __init__(self, margin=1, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.margin = as_number(self, "margin", margin, 1)

    def c(self, y, target, out):
        np.subtract(self.margin, y, out=out, dtype=out.dtype)
        np.maximum(out, 0, out=out)
        np.copyto(out, y, where=target)

    def dc(self, y, target, scale, out):
        np.subtract(self.margin, y, out=out, dtype=out.dtype)
        np.heaviside(out, 1.0, out=out)
        np.multiply(out, -scale, out=out)
        np.copyto(out, scale, where=target)

    def _compared(self, y, target):
        return alike(self, super()._compared(y, target))

    def __repr__(self):
        return describe(self, margin=1, size_average=True)
