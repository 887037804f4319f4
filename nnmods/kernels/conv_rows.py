"""Rows of a convolution: how those of an image and of an output belong together.

A row is a place of the first spatial axis. With one axis only, one tap of the first,
both a stride and a dilation there, or few positions in a row, an image is one row.
"""

from functools import lru_cache
from math import prod

import numpy as np

# Positions of a row from which on a product for each row takes less than their copy.
LEAST_COLUMNS = 128


class Geometry:
    """How rows of an image and of an output belong together.

    Parameters
    ----------
    weight : tuple of int
        The shape (Co, Ci, *K), or (G, Co, Ci, *K) with groups.
    stride, dilation : tuple of int
    y : tuple of int
        The shape (N, C, *O).
    by_row : bool, default=True
        Whether the first axis may be rows, if these are long enough.
    """

    def __init__(self, weight, stride, dilation, y, by_row=True):
        N, _, *count = y
        axes = len(count)
        kernel, steps = weight[-axes:], (stride[0], dilation[0])
        self.grouped = len(weight) > axes + 2
        self.groups = weight[0] if self.grouped else 1
        several = axes > 1 and kernel[0] > 1 and 1 in steps
        self.one_row = not (by_row and several and prod(count[1:]) * N >= LEAST_COLUMNS)
        lead = (1,) if self.one_row else ()
        self.kernel, self.stride, self.dilation, self.count = (
            (*lead, *numbers) for numbers in (kernel, stride, dilation, count)
        )
        self.taps, self.row_taps = self.kernel[0], prod(self.kernel[1:])
        self.row = *self.count[1:], N
        Co = weight[self.grouped]
        self.rows = self.groups, Co, self.count[0], prod(self.row)
        self.plain = self.taps * self.row_taps == 1 and set(self.stride) == {1}

    def rows_of(self, y):
        """Return the view (G, Co, rows, positions) of an output (G * Co, *O, N)."""
        return y.reshape(self.rows)

    def seen(self, image):
        """Return the view (G, rows, Ci, *taps, *O, N) of an image (G * Ci, *S, N).

        The image is C-contiguous. Entry (g, h, i, *k, *o, n) is that at row h and
        ``o * stride + k * dilation`` of the other axes.
        """
        shape, strides = _view(self, image.shape, image.itemsize)
        return np.ndarray(shape, image.dtype, image, strides=strides)

    def by_axes(self, weight):
        """Return the view (G, Co, Kh, Ci, *taps) of a weight."""
        weight = weight if self.grouped else weight[None]
        weight = weight[:, :, :, None] if self.one_row else weight
        return weight.swapaxes(2, 3)


#: The geometry of shapes and steps; these are the same in each call as a rule.
geometry_of = lru_cache(maxsize=256)(Geometry)


@lru_cache(maxsize=256)
def _view(geometry, shape, itemsize):
    """Return the shape and strides of `Geometry.seen`."""
    C, *size, N = shape
    size = (1, *size) if geometry.one_row else size
    steps = [itemsize]  # from the shape: strides of axes of 1 may be any
    for length in (N, *size[::-1]):
        steps.append(steps[-1] * length)
    entry, *others, row, channel = steps[0], *steps[-3:0:-1], *steps[-2:]
    Ci = C // max(geometry.groups, 1)
    taps = (d * step for d, step in zip(geometry.dilation[1:], others, strict=True))
    moves = (s * step for s, step in zip(geometry.stride[1:], others, strict=True))
    return (
        (geometry.groups, size[0], Ci, *geometry.kernel[1:], *geometry.row),
        (Ci * channel, row, channel, *taps, *moves, entry),
    )
