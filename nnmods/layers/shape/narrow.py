"""Narrow: successive places of an axis."""

from operator import index

from nnmods.core.axes import axis_in
from nnmods.layers.shape.slicing import Slicing, part_of


class Narrow(Slicing):
    """Pick successive places of an axis.

    ::

        y     = x[..., offset : offset + length, ...]   (a view of x)
        dC_dx = dC_dy there, else 0

    A negative length counts from the end: -1 goes up to the last place, -2 leaves out
    one, and so on. A negative offset, of any value, takes what a length leaves at the
    beginning: of n places the first n - length. With both negative these are the first
    offset - length - 2, as in Torch7, which counts from 1.

    Parameters
    ----------
    axis : int
        Counts from 0, the batch axis too; negative ones count from the end.
    offset : int
        Of the first place, counted from 0.
    length : int, default=1
        How many places.

    Raises
    ------
    ValueError
        If ``length`` is 0; if ``x`` has no such axis, or this not so many places; or
        if ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    Torch7, ``nn.Narrow``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(5.0)
    >>> Narrow(0, 1, 2)(x), Narrow(0, 1, -2)(x), Narrow(0, -1, 2)(x)
    (array([1., 2.]), array([1., 2., 3.]), array([0., 1., 2.]))
    """

    def __init__(self, axis, offset, length=1):
        super().__init__()
        self.axis = index(axis)
        self.offset = index(offset)
        self.length = index(1 if length is None else length)
        if self.length == 0:
            raise ValueError("Narrow: length is 0, expected another number")

    def key(self, x):
        axis = axis_in(self, "x", x, self.axis)
        size, start, length = x.shape[axis], self.offset, self.length
        if length < 0:
            length += size - start + (1 if start >= 0 else 2)
        if start < 0:
            start, length = 0, size - length
        fits = length >= 1 or size == 0 == length
        if not fits or start + length > size:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected one or more places "
                f"{start} to {start + length - 1} along axis {axis}"
            )
        return part_of(axis, slice(start, start + length))

    def __repr__(self):
        length = f", {self.length}" if self.length != 1 else ""
        return f"Narrow({self.axis}, {self.offset}{length})"
