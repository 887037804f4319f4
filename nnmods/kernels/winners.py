"""Winners: which tap of each window of a max pooling holds its maximum.

A winner is the number of the first tap, in row-major order, that holds the maximum of
its window, or NaN where that is the maximum: a byte, where there are few taps.
"""

import numpy as np

from nnmods.kernels.blocks import each
from nnmods.kernels.layout import batch_last_out, write_back
from nnmods.kernels.phases import blocks, from_grid
from nnmods.kernels.scratch import scratch
from nnmods.kernels.taps import pool_geometry

# Integers of the floats' sizes: a gradient times 0 or 1 as integers keeps or clears its
# bits, infinities and NaNs too, and is ten times faster than a ufunc with `where`.
_BITS = {2: np.int16, 4: np.int32, 8: np.int64}


def empty_winners(x_shape, kernel, stride, padding, dilation, ceil, y_shape, work):
    """Return memory for the winners of a max pooling, the array "winners" of ``work``.

    The arguments are those of `nnmods.kernels.max_pooling.max_pool_forward`. There is
    room for as many windows as a phase has entries.
    """
    geometry = pool_geometry(x_shape, kernel, stride, padding, dilation, ceil, y_shape)
    shape = x_shape[1], *geometry.lengths, x_shape[0]
    return work("winners", shape, np.min_scalar_type(len(geometry.taps) - 1))


def winners_positions(
    winners, x_shape, kernel, stride, padding, dilation, ceil, out, work
):
    """Write the position of each winner to ``out`` and return it.

    ``out`` (N, C, *O), of integers, gets positions in the image S, counted in row-major
    order from 0.
    """
    args = kernel, stride, padding, dilation, ceil
    geometry = pool_geometry(x_shape, *args, out.shape)
    index = batch_last_out(out, work, "index")
    steps = [int(np.prod(x_shape[axis + 1 :])) for axis in range(2, len(x_shape))]
    starts = np.array([np.dot(tap.start, steps) for tap in geometry.taps])
    windows = 0
    for axis, (step, s, n) in enumerate(
        zip(steps, stride, geometry.count, strict=True)
    ):
        places = np.arange(n) * (s * step)
        windows = windows + places.reshape(-1, *(1,) * (len(steps) - axis))

    def task(block, lane):
        with scratch() as room:
            winner = room("winner", index[block].shape, np.intp)
            np.copyto(winner, winners[block][geometry.windows])
            np.take(starts, winner, out=index[block], mode="clip")
            np.copyto(winner, windows)
            np.add(index[block], winner, out=index[block])

    moved = 2 * index.nbytes
    each(task, blocks(index, moved), moved)
    write_back(index, out)
    return out


def find_winners(views, largest, y, geometry, winner, room):
    """Write the maximum of all views to ``y``, and which is the first to hold it.

    Parameters
    ----------
    views : nnmods.kernels.phases.Phases
        What the taps read, vectors (M,).
    largest : ndarray, shape (M,)
        Scratch, or the memory of ``y``: a vector as `nnmods.kernels.phases.grid` gives.
    y : ndarray, shape (C, *O, N)
    geometry : nnmods.kernels.taps.Geometry
    winner : ndarray of unsigned integers, shape (C, *L, N)
    room : nnmods.kernels.scratch.scratch
    """
    first = winner.reshape(-1)
    better = room("better", first.shape, np.bool_)
    number = room("number", first.shape, first.dtype)
    before = views[0]
    if len(views) == 1:
        first.fill(0)
        np.copyto(largest, before)
    for k in range(1, len(views)):
        view = views[k]
        np.greater(view, before, out=better)
        if k == 1:
            np.copyto(first, better)
        else:
            np.multiply(better.view(np.uint8), first.dtype.type(k), out=number)
            np.maximum(first, number, out=first)  # the last that is better counts
        before = np.maximum(before, view, out=largest)
    from_grid(largest, geometry, y)
    if not np.minimum.reduce(y, axis=None) > -np.inf:
        _find_others(views, largest.reshape(winner.shape), geometry, winner)


def _find_others(views, largest, geometry, winner):
    """Find them where there are windows with NaN, or with nothing above -inf.

    NaN is not greater than what it beats, nor is -inf greater than a border.
    """
    for k in reversed(range(len(views))):  # the first comes last
        inside = geometry.taps[k].inside
        value, most = views[k].reshape(winner.shape)[inside], largest[inside]
        holds = (value == most) | ((value != value) & (most != most))
        np.copyto(winner[inside], k, where=holds)


def select(values, winner, k, out, room):
    """Write ``values`` where tap k won, and 0 elsewhere, to ``out`` and return it."""
    hit = room("hit", winner.shape, np.bool_)
    np.equal(winner, winner.dtype.type(k), out=hit)
    bits = _BITS.get(out.itemsize)
    if bits is None:
        out.fill(0)
        np.copyto(out, values, where=hit)
        return out
    mask = room("mask", hit.shape, bits)
    np.copyto(mask, hit)
    np.multiply(values.view(bits), mask, out=out.view(bits))
    return out
