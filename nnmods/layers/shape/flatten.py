"""Flatten: the last axes folded into one."""

from math import prod
from operator import index

from nnmods.layers.shape.reshaping import Reshaping


class Flatten(Reshaping):
    """Fold all axes from one on into a single axis.

    ::

        y     = x in the shape (*x.shape[:start_axis], everything else)
        dC_dx = dC_dy in the shape of x

    An image batch (N, C, H, W) becomes (N, C*H*W); where its memory runs C, H, W, N
    that is a view as well, without a copy.

    Parameters
    ----------
    start_axis : int, default=1
        The first axis that is folded; negative ones count from the end.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or ``dC_dy`` is not shaped like ``y``.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.ones((5, 3, 4, 4))).shape, Flatten(0)(np.ones((3, 4))).shape
    ((5, 48), (12,))
    """

    def __init__(self, start_axis=1):
        super().__init__()
        self.start_axis = index(start_axis)

    def shape(self, x):
        start = self.start_axis
        if not -x.ndim <= start < x.ndim:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected an axis {start}"
            )
        return (*x.shape[:start], prod(x.shape[start:]))

    def __repr__(self):
        return f"Flatten({'' if self.start_axis == 1 else self.start_axis})"
