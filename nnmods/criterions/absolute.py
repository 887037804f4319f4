"""AbsCriterion: absolute differences."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class AbsCriterion(ElementwiseCriterion):
    """Mean absolute difference of y and target.

    ::

        C     = scale * sum(|y - target|)
        dC_dy = scale where y >= target, else -scale
        scale = 1 / number of entries of y, or 1 without size_average

    At the kink the gradient is that of the right side, Torch7's rule.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``.

    Examples
    --------
    >>> cost = AbsCriterion()
    >>> y, target = np.array([1.0, 1.0]), np.array([1.0, 4.0])
    >>> cost(y, target), cost.backward(y, target)
    (1.5, array([ 0.5, -0.5]))
    """

    curved = False

    def c(self, y, target, out):
        np.subtract(y, target, out=out, dtype=out.dtype)  # uint8 would wrap
        np.absolute(out, out=out)

    def dc(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.add(out, 0.0, out=out)  # -0.0, which may be y - target, becomes 0.0
        nan = self.work("nan", y.shape, np.bool_)
        np.isnan(out, out=nan)
        np.copysign(scale, out, out=out)  # np.sign takes several times as long
        np.copyto(out, np.nan, where=nan)
