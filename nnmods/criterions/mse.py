"""MSECriterion: squared differences."""

from nnmods.criterions.squared import SquaredCriterion


class MSECriterion(SquaredCriterion):
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
    >>> import numpy as np
    >>> mse = MSECriterion()
    >>> y, target = np.array([1.0, 4.0]), np.array([1.0, 2.0])
    >>> mse(y, target), mse.backward(y, target)
    (2.0, array([0., 2.]))
    """
