"""Padding: places with one value, put into an axis."""

import operator

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.arrays import as_size
from nnmods.core.axes import axis_in
from nnmods.core.selection import Selecting


class Padding(Selecting):
    """Put places that hold one value into an axis.

    ::

        y     = x with |pad| times value, along the axis, at a place named
        dC_dx = dC_dy without those places
        dy    = dx with |pad| times 0

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    pad : int
        How many places: at the end if positive, at the beginning if negative.
    num_input_dims : int, default=0
        If given, ``axis`` counts within a sample of so many axes: an array of another
        number of axes is a batch, and its next axis is meant.
    value : float, default=0
    index : int, default=0
        How many places of x stay outside the padding: behind it if ``pad`` is positive,
        before it if negative.

    Raises
    ------
    ValueError
        If ``index`` is negative; if ``x`` has no such axis, or this has fewer than
        ``index`` places; or if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Padding``, whose ``index`` counts from 1.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> Padding(0, 2)(x), Padding(0, -2)(x), Padding(0, 1, value=9, index=1)(x)
    (array([1., 2., 3., 0., 0.]), array([0., 0., 1., 2., 3.]), array([1., 2., 9., 3.]))
    """

    def __init__(self, axis, pad, num_input_dims=0, value=0, index=0):
        super().__init__()
        self.axis = operator.index(axis)
        self.pad = operator.index(pad)
        self.num_input_dims = operator.index(num_input_dims or 0)
        self.value = float(value or 0)
        self.index = as_size("Padding", "index", index or 0)

    def forward(self, x):
        axis, before, shape = self._place(x)
        self.y = reuse(self.y, shape, x, module=self)
        return self._padded(x, self.y, axis, before, self.value)

    def backward(self, x, dC_dy):
        axis, before, shape = self._place(x)
        check(self, "dC_dy", dC_dy, shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        for mine, its in self._parts(axis, before):
            np.copyto(self.dC_dx[mine], dC_dy[its])
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        axis, before, shape = self._place(x)
        self._dy = reuse(self._dy, shape, dx, x, module=self)
        return self._padded(dx, self._dy, axis, before, 0)

    def _padded(self, x, out, axis, before, value):
        out.fill(value)
        for mine, its in self._parts(axis, before):
            np.copyto(out[its], x[mine])
        return out

    def _place(self, x):
        """Return the axis, how many places are before the padding, and y's shape."""
        check(self, "x", x, (...,))
        axis = self.axis
        if axis >= 0 and self.num_input_dims not in (0, x.ndim):
            axis += 1  # of a batch
        axis = axis_in(self, "x", x, axis)
        size = x.shape[axis]
        if self.index > size:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected at least {self.index} "
                f"places along axis {axis}"
            )
        before = size - self.index if self.pad > 0 else self.index
        shape = (*x.shape[:axis], size + abs(self.pad), *x.shape[axis + 1 :])
        return axis, before, shape

    def _parts(self, axis, before):
        """Return the keys, in x and in y, of what is before and after the padding."""
        leading = (slice(None),) * axis
        behind = slice(before + abs(self.pad), None)
        return (
            ((*leading, slice(before)), (*leading, slice(before))),
            ((*leading, slice(before, None)), (*leading, behind)),
        )

    def __repr__(self):
        options = [
            f"{name}={getattr(self, name)}"
            for name in ("num_input_dims", "value", "index")
            if getattr(self, name)
        ]
        return f"Padding({', '.join([str(self.axis), str(self.pad), *options])})"
