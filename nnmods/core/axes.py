"""Axes: where an axis is that a constructor named, in the array at hand."""


def axis_in(module, argument, x, axis, num_input_dims=0):
    """Return ``axis`` counted from 0, of the array ``x``.

    Parameters
    ----------
    module : Module
        Named in the error.
    argument : str
        The name of ``x``, for the error.
    x : ndarray
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant. Negative axes are the same
        in both.

    Raises
    ------
    ValueError
        If ``x`` has no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((5, 2, 3))
    >>> axis_in(None, "x", x, 1), axis_in(None, "x", x, -1), axis_in(None, "x", x, 1, 2)
    (1, 2, 2)
    """
    ndim = x.ndim
    if axis < 0:
        place = axis + ndim
    else:
        place = axis + (num_input_dims > 0 and ndim == num_input_dims + 1)
    if not 0 <= place < ndim:
        raise ValueError(
            f"{module!r}: {argument} has shape {x.shape}, expected an axis {axis}"
        )
    return place
