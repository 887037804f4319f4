"""Squeeze: axes of length 1 left out."""

from operator import index

from nnmods.core.axes import axis_in
from nnmods.layers.shape.reshaping import Reshaping


class Squeeze(Reshaping):
    """Leave out an axis if its length is 1, or all axes of length 1.

    ::

        y     = x without axes of length 1
        dC_dx = dC_dy in the shape of x

    One axis is left at least: (1, 1) becomes (1,).

    Parameters
    ----------
    axis : int or None, default=None
        The only one to be left out; counts from 0, the batch axis too, and negative
        ones count from the end.
    num_input_dims : int, default=0
        If given, an array with one axis more is a batch: ``axis`` then counts within a
        sample, and without an ``axis`` the first one stays even in a batch of one.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Squeeze``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((1, 3, 1, 2))
    >>> Squeeze()(x).shape, Squeeze(0)(x).shape, Squeeze(None, 3)(x).shape
    ((3, 2), (3, 1, 2), (1, 3, 2))
    """

    def __init__(self, axis=None, num_input_dims=0):
        super().__init__()
        self.axis = None if axis is None else index(axis)
        self.set_num_input_dims(num_input_dims)

    def set_num_input_dims(self, num_input_dims):
        """Tell how many axes a sample has (0: unknown), and return self."""
        self.num_input_dims = index(num_input_dims or 0)
        return self

    def shape(self, x):
        if self.axis is None:
            n_kept = 1 if 0 < self.num_input_dims == x.ndim - 1 else 0
            sizes = [size for size in x.shape[n_kept:] if size != 1]
            if n_kept and x.shape[0] == 1 and not sizes:
                sizes = [1]
            return (*x.shape[:n_kept], *sizes) or x.shape[:1]
        axis = axis_in(self, "x", x, self.axis, self.num_input_dims)
        if x.shape[axis] != 1 or x.ndim == 1:
            return x.shape
        return (*x.shape[:axis], *x.shape[axis + 1 :])

    def __repr__(self):
        arguments = [] if self.axis is None else [str(self.axis)]
        if self.num_input_dims:
            arguments.append(f"num_input_dims={self.num_input_dims}")
        return f"Squeeze({', '.join(arguments)})"
