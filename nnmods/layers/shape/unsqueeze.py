"""Unsqueeze: one more axis, of length 1."""

from operator import index

from nnmods.layers.shape.reshaping import Reshaping


class Unsqueeze(Reshaping):
    """Insert an axis of length 1.

    ::

        y     = x with an axis of length 1 before the axis named
        dC_dx = dC_dy in the shape of x

    Parameters
    ----------
    axis : int
        Where it will be: counts from 0, the batch axis too; negative ones count from
        the end of y.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: all further ones at
        the beginning are those of a batch, and stay in front.

    Raises
    ------
    ValueError
        If ``x`` has fewer axes than a sample or than are before ``axis``, or if
        ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Unsqueeze``; there, without ``num_input_dims``, the first array of all
    settles what a sample is.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((4, 3))
    >>> Unsqueeze(0)(x).shape, Unsqueeze(0, 1)(x).shape, Unsqueeze(-1)(x).shape
    ((1, 4, 3), (4, 1, 3), (4, 3, 1))
    """

    def __init__(self, axis, num_input_dims=0):
        super().__init__()
        self.axis = index(axis)
        self.set_num_input_dims(num_input_dims)

    def set_num_input_dims(self, num_input_dims):
        """Tell how many axes a sample has (0: unknown), and return self."""
        self.num_input_dims = index(num_input_dims or 0)
        return self

    def shape(self, x):
        n_leading = x.ndim - self.num_input_dims if self.num_input_dims else 0
        end = x.ndim + 1
        place = self.axis + (n_leading if self.axis >= 0 else end)
        if n_leading < 0 or not 0 <= place < end:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected at least "
                f"{max(self._needed(), self.num_input_dims)} axes"
            )
        return (*x.shape[:place], 1, *x.shape[place:])

    def _needed(self):
        return self.axis if self.axis >= 0 else -self.axis - 1

    def __repr__(self):
        dims = f", num_input_dims={self.num_input_dims}" if self.num_input_dims else ""
        return f"Unsqueeze({self.axis}{dims})"
