"""Collapse: a sample as a vector."""

from math import prod

from nnmods.core.arrays import as_size
from nnmods.layers.shape.reshaping import Reshaping


class Collapse(Reshaping):
    """Fold a sample of so many axes, or each sample of a batch, into a vector.

    ::

        y     = x in the shape (N, everything else), or (everything,) for one sample
        dC_dx = dC_dy in the shape of x

    Parameters
    ----------
    num_input_dims : int
        How many axes a sample has; an array with more is a batch, along its first
        axis.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Collapse``.

    Examples
    --------
    >>> import numpy as np
    >>> Collapse(2)(np.ones((5, 3, 4))).shape, Collapse(2)(np.ones((3, 4))).shape
    ((5, 12), (12,))
    """

    def __init__(self, num_input_dims):
        super().__init__()
        self.num_input_dims = as_size("Collapse", "num_input_dims", num_input_dims)

    def shape(self, x):
        if x.ndim <= self.num_input_dims or x.ndim == 0:
            return (x.size,)
        return (len(x), prod(x.shape[1:]))

    def __repr__(self):
        return f"Collapse({self.num_input_dims})"
