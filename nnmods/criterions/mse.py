"""MSECriterion: squared differences."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class MSECriterion(ElementwiseCriterion):
    """Mean squared difference of y and target.

    ::

        C     = scale * sum((y - target)^2)
        dC_dy = 2 * scale * (y - target)
        scale = 1 / number of entries of y, or 1 without size_average

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries, which is N times the length of a
        sample, not N.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``.

    Examples
    --------
    >>> mse = MSECriterion()
    >>> y, target = np.array([1.0, 4.0]), np.array([1.0, 2.0])
    >>> mse(y, target), mse.backward(y, target)
    (2.0, array([0., 2.]))
    """

    def c(self, y, target, out):
        np.subtract(y, target, out=out, dtype=out.dtype)  # uint8 would wrap
        np.multiply(out, out, out=out)

    def dc(self, y, target, scale, out):
        np.subtract(y, target, out=out, dtype=out.dtype)
        np.multiply(out, 2 * scale, out=out)
