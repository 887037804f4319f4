"""Max: the largest entry, of a table or along an axis."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.tables import check_equal_shapes, check_like, is_table
from nnmods.layers.reduction.extreme import ExtremeAlong
from nnmods.layers.table.winners import largest, last_winners


class Max(ExtremeAlong):
    """Largest entry by entry of a table, or the largest along an axis.

    ::

        of a table:   y        = max(x[0], x[1], ...)
                      dC_dx[i] = dC_dy where x[i] is the largest, else 0
        of an array:  y        = max(x, axis)
                      dC_dx    = dC_dy where x is the largest along the axis, else 0

    Just one of several equal entries gets the gradient. In a table it is the last: the
    lecture picks X1 only where X1 > X2. Along an axis it is the first, as in Torch7. A
    NaN is larger than any number.

    Parameters
    ----------
    axis : int or None, default=None
        None is the form for tables; of an array it then is the first, as in Torch7.
        Otherwise it counts from 0, the batch axis too, and negative ones count from
        the end. The axis is left out of y, except that of a 1-d array: y then has the
        shape (1,).
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array with one
        axis more is a batch, and its next axis is meant.

    Raises
    ------
    TypeError
        If ``x`` is a table, but not of arrays; or with an axis not an array.
    ValueError
        If the arrays of a table differ in shape or there are none; if ``x`` has no such
        axis, or one of length 0; if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Max``.

    Examples
    --------
    >>> x = [np.array([1.0, 5.0, 2.0]), np.array([4.0, 3.0, 2.0])]
    >>> Max()(x)
    array([4., 5., 2.])
    >>> Max().backward(x, np.array([10.0, 20.0, 30.0]))
    [array([ 0., 20.,  0.]), array([10.,  0., 30.])]
    >>> Max(1)(np.array([[1.0, 5.0], [3.0, 3.0]]))
    array([5., 3.])
    """

    pick = np.maximum
    arg = staticmethod(np.argmax)

    def __init__(self, axis=None, num_input_dims=0):
        super().__init__(axis, num_input_dims)

    def forward(self, x):
        if not self._is_of_table(x):
            return super().forward(x)
        self.y = reuse(self.y, check_equal_shapes(self, x), *x, module=self)
        return largest(x, self.y)

    def backward(self, x, dC_dy):
        if not self._is_of_table(x):
            return super().backward(x, dC_dy)
        check(self, "dC_dy", dC_dy, check_equal_shapes(self, x))
        old = [*(self.dC_dx or ()), *[None] * len(x)]
        self.dC_dx = [
            reuse(d, dC_dy.shape, dC_dy, *x, module=self) for d in old[: len(x)]
        ]
        for i, winner in last_winners(x, self.work):
            self.dC_dx[i].fill(0)
            np.copyto(self.dC_dx[i], dC_dy, where=winner)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        if not self._is_of_table(x):
            return super().jvp(x, dx)
        check_like(self, "dx", dx, x)
        shape = check_equal_shapes(self, x)
        self._dy = reuse(self._dy, shape, *dx, *x, module=self)
        for i, winner in last_winners(x, self.work):
            np.copyto(self._dy, dx[i], where=winner)
        return self._dy

    def _is_of_table(self, x):
        """Tell which form it is; results of the other one are dropped."""
        of_table = self.axis is None and is_table(x)
        if is_table(self.dC_dx) is not of_table:
            self.dC_dx = None
        return of_table

    def __repr__(self):
        return "Max()" if self.axis is None else super().__repr__()
