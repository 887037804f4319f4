"""Lowered images: what windows see, row by row, as matrices for products.

The columns of an image hold each of its entries once for each tap of a kernel. Here
they are made for the taps of all axes but the first: row h of the lowered image is the
matrix (Ci * L, P) of what P windows see in row h, with L taps each. The Kh rows of a
window lie one after the other, and so are the matrix (Kh * Ci * L, P) of a product as
they lie: these overlap, and the copy takes a Kh-th of the time [1]_.

With one axis only, one tap of the first, both a stride and a dilation there, or few
positions in a row, the image is one row, and its matrix has all taps.

References
----------
.. [1] M. Cho, D. Brand, "MEC: memory-efficient convolution for deep neural network",
       ICML 2017.
"""

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from nnmods.kernels.columns import UNPACKED, cut, goes_unpacked
from nnmods.kernels.threads import share

# Columns of a chunk are written, multiplied and forgotten: they should not leave the
# second-level cache, which has 1 to 2 MB on the machines of today. Rows at the border
# of a chunk are made for the next one too, so it has several, if these are short.
CHUNK_BYTES, ROWS_BYTES = 1 << 20, 1 << 21
# Each product reads the whole weight: fewer columns would not be worth that.
MIN_COLUMNS = 256
# Positions of a row from which on a product for each row takes less than their copy.
LEAST_COLUMNS = 128


class Chunk(NamedTuple):
    """Positions that are worked on at a time: some rows, and some columns of each."""

    source: tuple  # their index of what `Geometry.seen` gives
    target: tuple  # and of what `Geometry.rows_of` gives
    shape: tuple  # of the lowered rows, (G, rows, height, columns)
    matrices: tuple  # of the matrices of their windows, (G, rows, Kh * height, columns)
    strides: tuple  # of these, in the memory of the lowered rows


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


class Lowered:
    """The lowered image, a chunk of positions at a time.

    Parameters
    ----------
    image : ndarray, shape (C, *S, N)
        With its border, C-contiguous.
    geometry : Geometry
    lanes : int
    work : scratch
        Each lane has its memory there.
    ones : bool, default=False
        Whether each row is to have a last line of ones, for a bias.

    Attributes
    ----------
    plain : bool
        Whether an image is its own matrix, and nothing is copied.
    ones : bool
        Whether there are: not where it is plain, nor with groups.
    chunks : tuple of Chunk
    """

    __slots__ = "chunks", "memory", "ones", "plain", "view"

    def __init__(self, image, geometry, lanes, work, ones=False):
        self.view = geometry.seen(image)
        self.plain = geometry.plain
        self.ones = ones and not geometry.grouped and not self.plain
        self.chunks, room = chunks_of(
            geometry, self.view.shape[2], image.itemsize, self.ones, lanes
        )
        self.memory = work("lowered", (lanes, room), image.dtype)

    def share(self, lane):
        """Return the chunks of a lane."""
        return self.chunks[share(len(self.chunks), len(self.memory), lane)]

    def matrices(self, chunk, lane):
        """Return the matrices (G, rows, Kh * height, columns) of a chunk."""
        part, memory = self.view[chunk.source], self.memory[lane]
        if self.plain:
            return part.reshape(chunk.shape)
        if self.ones:
            made = np.ndarray(chunk.shape, memory.dtype, memory)
            made[:, :, -1] = 1
            np.copyto(made[:, :, :-1].reshape(part.shape), part)
        else:
            np.copyto(np.ndarray(part.shape, memory.dtype, memory), part)
        return np.ndarray(chunk.matrices, memory.dtype, memory, strides=chunk.strides)


@lru_cache(maxsize=128)
def chunks_of(geometry, Ci, itemsize, ones, lanes):
    """Return the chunks of an output, and the entries of the largest lowered rows.

    Parameters
    ----------
    geometry : Geometry
    Ci : int
        Channels of the image, in each group.
    itemsize : int
    ones : bool
        Whether lowered rows have a line of ones.
    lanes : int
        The least number of chunks, where there are so many positions.
    """
    G, taps, rows = geometry.groups, geometry.taps, geometry.count[0]
    s, d, height = geometry.stride[0], geometry.dilation[0], geometry.row_taps * Ci
    inner, height = taps * height, height + ones
    columns = columns_for(G * inner * itemsize)
    if goes_unpacked(inner * geometry.rows[1]):
        columns = min(columns, UNPACKED // (inner * geometry.rows[1]))
    pieces = cut(geometry.row, columns, lanes if rows == 1 else 1)
    most = rows_for(G * height * itemsize * pieces[0][0].stop, taps, s)
    most = min(most, rows * len(pieces) // lanes)
    every = (slice(None),)
    chunks = []
    for phase in range(min(d, rows)):
        for some in parts_of(-(-(rows - phase) // d), most):
            low, high = some.start * s, (some.stop - 1) * s + taps
            there = slice(phase + low * d, phase + high * d, d)
            here = slice(phase + some.start * d, phase + some.stop * d, d)
            for flat, index in pieces:
                width = flat.stop - flat.start
                line = width * itemsize
                row = height * line
                chunk = Chunk(
                    source=(*every, there, *every * len(geometry.kernel), *index),
                    target=(*every * 2, here, flat),
                    shape=(G, high - low, height, width),
                    matrices=(G, some.stop - some.start, taps * height, width),
                    strides=((high - low) * row, s * row, line, itemsize),
                )
                chunks.append(chunk)
    room = 0 if geometry.plain else max((prod(c.shape) for c in chunks), default=0)
    return tuple(chunks), room


def columns_for(line):
    """Return how many columns of so many bytes a product should have."""
    return max(MIN_COLUMNS, CHUNK_BYTES // max(1, line))


def rows_for(line, taps, stride=1):
    """Return how many windows of rows of so many bytes a chunk should have."""
    return (ROWS_BYTES // max(1, line) - taps) // stride + 1


def parts_of(length, most):
    """Return slices of a length, of at most so many entries but at least one.

    Examples
    --------
    >>> parts_of(5, 3)
    [slice(0, 3, None), slice(3, 5, None)]
    """
    step = -(-length // -(-length // max(1, most)))
    return [slice(i, min(i + step, length)) for i in range(0, length, step)]


def stacked(made, rows, taps):
    """Return the matrices (G, rows, taps * height, columns) of windows of rows.

    Those of ``made``, C-contiguous and of shape (G, H, height, columns), which they
    share, lie one after the other.
    """
    G, _, height, columns = made.shape
    shape = G, rows, taps * height, columns
    return np.ndarray(shape, made.dtype, made, strides=made.strides)
