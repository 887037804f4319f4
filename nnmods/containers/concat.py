"""Concat: the same input for all, the outputs joined along an axis."""

from nnmods.containers.joining import Branches


class Concat(Branches):
    """Give x to each child, and join their outputs along an axis.

    ::

        y     = concatenate([f_0(x), f_1(x), ...], axis)
        dC_dx = J_0^T dC_dy_0 + J_1^T dC_dy_1 + ...

    where dC_dy_i is the part of dC_dy that lies where f_i(x) does in y.

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    *modules : Module

    Raises
    ------
    ValueError
        If there is no child, no such axis, the outputs differ in other lengths than
        along the axis, or ``dC_dy`` is not shaped like ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Linear
    >>> net = Concat(1, Linear(4, 3), Linear(4, 2))
    >>> net
    Concat(1,
      (0): Linear(4 -> 3)
      (1): Linear(4 -> 2)
    )
    >>> net(np.ones((5, 4))).shape
    (5, 5)
    """
