"""Sum: the sum along an axis."""

from nnmods.layers.reduction.summing import SummingAlong


class Sum(SummingAlong):
    """Sum along an axis.

    ::

        y     = sum(x, axis)                    with size_average over its length
        dC_dx = dC_dy, repeated along the axis  with size_average over its length

    Parameters
    ----------
    axis : int, default=0
        Counts from 0, the batch axis too; negative ones count from the end.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant.
    size_average : bool, default=False
        Whether to divide by the length of the axis.
    squeeze : bool, default=True
        Whether the axis is left out of y rather than of length 1 there. That of a 1-d
        array always stays.

    Raises
    ------
    TypeError
        If ``squeeze`` is neither True nor False.
    ValueError
        If ``x`` has no such axis, or for an average one of length 0; if ``dC_dy`` is
        not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Sum``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0], [3.0, 5.0]])
    >>> Sum(1)(x), Sum(1, squeeze=False)(x).shape, Sum(size_average=True)(x)
    (array([3., 8.]), (2, 1), array([2. , 3.5]))
    """

    def __init__(self, axis=0, num_input_dims=0, size_average=False, squeeze=True):
        squeeze = True if squeeze is None else squeeze
        if not isinstance(squeeze, bool):
            raise TypeError(f"Sum: squeeze is {squeeze!r}, expected True or False")
        super().__init__(axis, num_input_dims, size_average, squeeze)

    def __repr__(self):
        average = ", size_average=True" if self.size_average else ""
        squeeze = "" if self.squeeze else ", squeeze=False"
        return f"Sum({self._shown()}{average}{squeeze})"
