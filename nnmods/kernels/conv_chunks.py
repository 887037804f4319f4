"""Chunks of a convolution: positions whose lowered rows stay in the cache."""

from functools import lru_cache
from math import prod
from typing import NamedTuple

from nnmods.kernels.columns import UNPACKED, cut, goes_unpacked, parts_of

# Columns of a chunk are written, multiplied and forgotten: they should not leave the
# second-level cache, which has 1 to 2 MB on the machines of today. Rows at the border
# of a chunk are made for the next one too, so it has several, if these are short.
CHUNK_BYTES, ROWS_BYTES = 1 << 20, 1 << 21
# Each product reads the whole weight: fewer columns would not be worth that.
MIN_COLUMNS = 256


class Chunk(NamedTuple):
    """Positions that are worked on at a time: some rows, and some columns of each."""

    source: tuple  # their index of what `Geometry.seen` gives
    target: tuple  # and of what `Geometry.rows_of` gives
    shape: tuple  # of the lowered rows, (G, rows, height, columns)
    matrices: tuple  # of the matrices of their windows, (G, rows, Kh * height, columns)
    strides: tuple  # of these, in the memory of the lowered rows


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
        Among which chunks are shared: as many for each, if there are rows enough.
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
    sharing = 1 if len(pieces) % lanes == 0 else lanes
    every = (slice(None),)
    chunks = []
    for phase in range(min(d, rows)):
        for some in parts_of(-(-(rows - phase) // d), most, sharing):
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
