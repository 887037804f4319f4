"""Select: one slice of an axis."""

import operator

from nnmods.core.axes import axis_in
from nnmods.layers.shape.slicing import Slicing, part_of


class Select(Slicing):
    """Pick one place of an axis, which is left out of the result.

    ::

        y                   = x[..., index, ...]        (a view of x)
        dC_dx[..., i, ...]  = dC_dy where i = index, else 0

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    index : int
        Counts from 0; negative ones count from the end.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or this has no such index; or if ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Select``.

    Examples
    --------
    >>> import numpy as np
    >>> Select(1, -1)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([2., 4.])
    """

    def __init__(self, axis, index):
        super().__init__()
        self.axis = operator.index(axis)
        self.index = operator.index(index)

    def key(self, x):
        axis = axis_in(self, "x", x, self.axis)
        if not -x.shape[axis] <= self.index < x.shape[axis]:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected an index {self.index} "
                f"along axis {axis}"
            )
        return part_of(axis, self.index)

    def __repr__(self):
        return f"Select({self.axis}, {self.index})"
