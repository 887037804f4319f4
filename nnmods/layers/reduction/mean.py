"""Mean: the mean along an axis."""

from nnmods.layers.reduction.summing import SummingAlong


class Mean(SummingAlong):
    """Mean along an axis.

    ::

        y     = sum(x, axis) / n, for n the length of the axis
        dC_dx = dC_dy / n, repeated along the axis

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
    Torch7, ``nn.Mean``.

    Examples
    --------
    >>> import numpy as np
    >>> Mean(1)(np.array([[1.0, 2.0], [3.0, 5.0]]))
    array([1.5, 4. ])
    """

    def __init__(self, axis=0, num_input_dims=0):
        super().__init__(axis, num_input_dims, True, True)

    def __repr__(self):
        return f"Mean({self._shown()})"
