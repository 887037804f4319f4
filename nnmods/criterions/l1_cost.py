"""L1Cost: absolute values, with no target."""

import numpy as np

from nnmods.core import check
from nnmods.criterions.elementwise import ElementwiseCriterion


class L1Cost(ElementwiseCriterion):
    """Sum of the absolute values of y; there is no target.

    ::

        C     = sum(|y|)
        dC_dy = sign(y), 0 at 0

    The sum is not divided by anything. A target is taken, and not looked at, so that
    the cost fits where others do.

    Parameters
    ----------
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    References
    ----------
    Torch7, nn.L1Cost.

    Examples
    --------
    >>> y = np.array([1.0, 0.0, -4.0])
    >>> L1Cost().forward(y), L1Cost().backward(y)
    (5.0, array([ 1.,  0., -1.]))
    """

    curved = False

    def __init__(self, *, dtype=None):
        super().__init__(size_average=False, dtype=dtype)

    def forward(self, y, target=None):
        return super().forward(y, target)

    def backward(self, y, target=None):
        return super().backward(y, target)

    def c(self, y, target, out):
        np.absolute(y, out=out, dtype=out.dtype)

    def dc(self, y, target, scale, out):
        np.sign(y, out=out, dtype=out.dtype)

    def _compared(self, y, target):
        check(self, "y", y, (...,))

    def _scale(self, y):
        return 1.0

    def __repr__(self):
        return "L1Cost()"
