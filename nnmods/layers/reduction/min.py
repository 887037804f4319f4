"""Min: the smallest entry along an axis."""

import numpy as np

from nnmods.layers.reduction.extreme import ExtremeAlong


class Min(ExtremeAlong):
    """Smallest entry along an axis.

    ::

        y     = min(x, axis)
        dC_dx = dC_dy where x is the smallest along the axis, else 0
        dy    = dx there

    The first of several equal entries gets the gradient. A NaN is smaller than any
    number.

    Parameters
    ----------
    axis : int, default=0
        Counts from 0, the batch axis too; negative ones count from the end. The axis
        is left out of y, except that of a 1-d array: y then has the shape (1,).
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or one of length 0; if ``dC_dy`` is not shaped like
        ``y``.

    References
    ----------
    Torch7, ``nn.Min``.

    Examples
    --------
    >>> Min(1)(np.array([[1.0, 5.0], [3.0, 3.0]]))
    array([1., 3.])
    """

    pick = np.minimum
    arg = staticmethod(np.argmin)

    def __init__(self, axis=0, num_input_dims=0):
        super().__init__(0 if axis is None else axis, num_input_dims)
