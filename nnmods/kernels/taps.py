"""Pooling windows taken apart into taps, and images into phases.

Tap k of all windows at once is a strided slice of the image, so that pooling is a
maximum, or a sum, of slices. Ufuncs are slow on these; so the image is dealt out first
to one vector for each phase, the remainder of a position by the stride. With as many
windows there as a phase has entries, what a tap reads is a piece of that vector.
Windows beyond the last are no windows: what is found for them is left behind.

Here it is worked out which entries those are; `nnmods.kernels.phases` moves them.
"""

from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from nnmods.kernels.layout import pairs
from nnmods.kernels.windows import check_sizes, pool_output_size

_EVERY = slice(None)


class Tap(NamedTuple):
    """What one entry of every window reads."""

    phase: int
    offset: int  # from a window's place in a phase to that of the tap
    inside: tuple  # windows (C, *O, N) whose tap is in the image
    start: tuple  # the position of the first window's tap, along each axis


class Geometry:
    """The phases of an image (C, *S, N), and the taps of its windows.

    Attributes
    ----------
    stride, count : tuple of int
        Between windows along each axis, and how many there are.
    windows : tuple
        The index (C, *O, N) of windows in a grid (C, *L, N).
    lengths : tuple of int
        L, of a phase along each axis.
    moves : tuple
        Of the number of a phase, its part, and the positions in the image of that.
    taps : tuple of Tap
        In row-major order.
    even : bool
        Whether phases hold the image and nothing else.
    exact : bool
        Whether each tap reads just one phase, all of it.
    fresh : tuple of bool
        Whether a tap reads its phase from the start: the first to read it, if any does.
    left : tuple of int
        The phases that no such tap reads.
    """

    def __init__(self, size, kernel, stride, before, dilation, count):
        numbers = zip(size, kernel, stride, before, dilation, count, strict=True)
        axes = [_along(*number) for number in numbers]
        self.stride, self.count = stride, count
        self.lengths, moves, taps = zip(*axes, strict=True)
        self.moves = tuple(
            (_number(phase, stride), (_EVERY, *part), (_EVERY, *positions))
            for phase, part, positions in _combined(moves)
        )
        self.taps = tuple(
            Tap(
                _number(phase, stride),
                _number(place, self.lengths),
                (_EVERY, *inside),
                start,
            )
            for phase, place, inside, start in _combined(taps)
        )
        self.windows = (_EVERY, *map(slice, count))
        self.phases = prod(stride)
        self.tail = max(tap.offset for tap in self.taps)
        filled = prod(self.lengths) * self.phases
        self.even = not any(before) and prod(size) == filled
        self.exact = [tap[:2] for tap in self.taps] == [
            (phase, 0) for phase in range(self.phases)
        ]
        self.fresh = tuple(tap.offset == 0 for tap in self.taps)
        read = {tap.phase for tap in self.taps if tap.offset == 0}
        self.left = tuple(set(range(self.phases)) - read)
        self._plans = {}

    def plan(self, C, N):
        """Return shapes and slices for phases of ``C`` channels and ``N`` images.

        They are those of all phases with their tails, of the grids in them and of the
        image, how to transpose the image to the grids, and what each tap reads.
        """
        if (C, N) not in self._plans:
            M, grid = C * prod(self.lengths) * N, (C, *self.lengths, N)
            places = [slice(t.offset * N, t.offset * N + M) for t in self.taps]
            reads = [
                (t.phase, place) for t, place in zip(self.taps, places, strict=True)
            ]
            pairs = zip(self.lengths, self.stride, strict=True)
            image = C, *(n for pair in pairs for n in pair), N
            axes = range(len(self.lengths))
            order = *(2 + 2 * i for i in axes), 0, *(1 + 2 * i for i in axes), -1
            grids = (*self.stride, *grid) if self.even else (self.phases, *grid)
            if len(self._plans) > 64:
                self._plans.clear()
            whole = self.phases, M + self.tail * N
            self._plans[C, N] = M, whole, grids, image, order, reads
        return self._plans[C, N]


@lru_cache(maxsize=256)
def pool_geometry(x_shape, kernel, stride, padding, dilation, ceil, y_shape):
    """Return the `Geometry` of a pooling, after a check that it gives ``y_shape``."""
    size, count = x_shape[2:], y_shape[2:]
    wanted = pool_output_size(size, kernel, stride, padding, dilation, ceil)
    check_sizes("output", count, wanted)
    before = tuple(b for b, _ in pairs(padding))
    return geometry(size, kernel, stride, before, dilation, count)


@lru_cache(maxsize=256)
def geometry(size, kernel, stride, before, dilation, count):
    """Return the `Geometry` of windows.

    Parameters
    ----------
    size, kernel, stride, before, dilation, count : tuple of int
        One entry for each spatial axis; ``before`` is the padding at its start and
        ``count`` the number of windows.

    Examples
    --------
    >>> found = geometry((4,), (2,), (2,), (1,), (1,), (3,))
    >>> found.lengths, [(tap.phase, tap.offset, tap.start) for tap in found.taps]
    ((3,), [(0, 0, (-1,)), (1, 0, (0,))])
    """
    return Geometry(size, kernel, stride, before, dilation, count)


def _along(n, k, s, b, d, o):
    """Return the length of phases along one axis, its moves and its taps."""
    length = max((k - 1) * d // s + o, (n - 1 + b) // s + 1)
    moves = []
    for phase in range(s):
        first = (phase - b) % s  # the first position of this phase
        if first < n:
            place, entries = (first + b) // s, -(-(n - first) // s)
            moves.append((phase, slice(place, place + entries), slice(first, n, s)))
    taps = []
    for start in range(-b, k * d - b, d):
        low = max(0, -(start // s))
        high = max(low, min(o, (n - 1 - start) // s + 1))
        taps.append(((start + b) % s, (start + b) // s, slice(low, high), start))
    return length, moves, taps


def _combined(axes):
    """Yield the parts of each combination of entries over axes, part by part."""
    for combination in product(*axes):
        yield zip(*combination, strict=True)


def _number(index, lengths):
    return int(np.ravel_multi_index(index, lengths))
