"""Tiles of images, for Winograd's convolutions: where they lie.

A tile of an axis is m outputs that follow each other (d apart, where the kernel is
dilated by d) and the inputs that they see. Images (C, *S, N) are cut along two axes;
one axis comes with another of length 1, and of three one is gone through plane by
plane, whose kernel has one tap there.
"""

from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

from nnmods.kernels.columns import cut

#: Outputs of a tile along an axis, by the taps of the kernel.
OUTPUTS = {1: 1, 3: 4, 5: 4}


class Axis:
    """The tiles along one axis: tile j belongs to phase ``j % d``."""

    def __init__(self, taps, dilation, before, n_in, n_out):
        self.outputs, self.taps, self.dilation = OUTPUTS[taps], taps, dilation
        self.entries = self.outputs + taps - 1
        self.before, self.n_in, self.n_out = before, n_in, n_out

    def tiles(self, phase):
        """Return how many tiles a phase has."""
        return -(-(self.n_out - phase) // (self.outputs * self.dilation))

    def first(self, j):
        """Return the first output of tile ``j``."""
        d = self.dilation
        return j // d * self.outputs * d + j % d

    def written(self, j, tiles=1):
        """Return the slice of the outputs of some tiles of one phase, from ``j`` on."""
        first, d = self.first(j), self.dilation
        return slice(first, min(first + tiles * self.outputs * d, self.n_out), d)

    def read(self, j, tiles=1):
        """Return which inputs of tiles of one phase are in the image, and their places.

        The first is a slice of all these inputs, which are d apart, the second of the
        axis of the image.
        """
        d = self.dilation
        first = self.first(j) - self.before
        count = (tiles - 1) * self.outputs + self.entries
        low = min(count, max(0, -(first // d)))
        high = max(low, min(count, (self.n_in - 1 - first) // d + 1))
        start = first + low * d
        return slice(low, high), slice(start, start + (high - low) * d, d)

    def runs(self, rows):
        """Return the runs among ``rows``, tiles of this axis.

        Tiles of a phase that follow each other are a run, but for the last one where
        it is cut off by the end of the image.
        """
        runs, d = [], self.dilation
        for i, j in enumerate(rows):
            whole = self.first(j) + (self.outputs - 1) * d < self.n_out
            if runs and whole and j == rows[i - 1] + d:
                runs[-1][1] += 1
            else:
                runs.append([i, 1])
        return tuple(Run(slice(i, i + n), n, self.written(rows[i], n)) for i, n in runs)


class Run(NamedTuple):
    """Tiles of the first axis whose outputs follow each other."""

    rows: slice  # among those of a chunk
    tiles: int
    written: slice  # all their outputs


class Chunk(NamedTuple):
    """Tiles that are worked on at a time."""

    rows: tuple  # of int: tiles of the first axis
    runs: tuple  # the same, as runs
    start: int  # the first of the second axis, and how many of its phase
    tiles: int
    images: slice

    @property
    def shape(self):
        """Rows, tiles in each, and images of each tile: the columns of a product."""
        return len(self.rows), self.tiles, self.images.stop - self.images.start

    @property
    def columns(self):
        return prod(self.shape)


@lru_cache(maxsize=256)
def two_axes(size, count, kernel, padding, dilation):
    """Return the two axes that tiles are cut along, and the planes they are cut from.

    Parameters
    ----------
    size, count : tuple of int
        The spatial shapes of x (Ci, *S, N) and of y (Co, *O, N).
    kernel, padding, dilation : tuple
        One entry for each spatial axis.

    Returns
    -------
    axes : pair of Axis
    planes : tuple of pairs
        The index of what of x, (Ci, H, W, N), gives what of y, and the index of that;
        the first is None where it is padding.
    """
    axes = [
        Axis(*numbers)
        for numbers in zip(
            kernel,
            dilation,
            (before for before, _ in padding),
            size,
            count,
            strict=True,
        )
    ]
    if len(axes) == 1:
        whole = slice(None), None
        return (Axis(1, 1, 0, 1, 1), *axes), ((whole, whole),)
    single = [i for i, axis in enumerate(axes) if axis.taps == 1][: len(axes) - 2]
    planes = []
    for place in product(*(range(axes[i].n_out) for i in single)):
        there, here = ([slice(None)] * (len(axes) + 2) for _ in range(2))
        for i, position in zip(single, place, strict=True):
            here[1 + i], there[1 + i] = position, position - axes[i].before
        inside = all(0 <= there[1 + i] < axes[i].n_in for i in single)
        planes.append((tuple(there) if inside else None, tuple(here)))
    axes = tuple(axis for i, axis in enumerate(axes) if i not in single)
    return axes, tuple(planes)


@lru_cache(maxsize=256)
def chunks_of(axes, N, most, lanes):
    """Return the chunks of about ``most`` columns that all tiles are cut into."""
    first, second = axes
    rows = [
        q * first.dilation + phase
        for phase in range(min(first.dilation, first.n_out))
        for q in range(first.tiles(phase))
    ]
    chunks = []
    for phase in range(min(second.dilation, second.n_out)):
        count = len(rows), second.tiles(phase), N
        if not N:
            break
        for _, index in cut(count, most, lanes):
            parts = [slice(i, i + 1) if isinstance(i, int) else i for i in index]
            parts += map(slice, count[len(parts) :])
            some, q, images = (
                slice(*part.indices(n)) for part, n in zip(parts, count, strict=True)
            )
            start = q.start * second.dilation + phase
            here = tuple(rows[some])
            runs = first.runs(here)
            chunks.append(Chunk(here, runs, start, q.stop - q.start, images))
    return tuple(chunks)
