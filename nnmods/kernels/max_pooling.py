"""Max pooling over any number of spatial axes: the largest entry of each window.

Which of its taps a window's largest entry is, is found on the way where it is wanted:
all that goes back through the pooling needs no more of x. See `nnmods.kernels.winners`.
"""

import numpy as np

from nnmods.kernels.blocks import each
from nnmods.kernels.layout import batch_last, batch_last_out, write_back
from nnmods.kernels.phases import Phases, blocks, fold, from_grid, grid
from nnmods.kernels.scratch import scratch
from nnmods.kernels.taps import pool_geometry
from nnmods.kernels.winners import find_winners, select


def max_pool_forward(
    x, kernel, stride, padding, dilation, ceil, out, work, winners=None
):
    """Write the largest of each window to ``out`` and return it; NaN beats all.

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    kernel, stride, dilation : tuple of int
        One entry for each spatial axis.
    padding : tuple of int or of pairs (before, after)
        Never the largest: it counts as -inf.
    ceil : bool
        Whether a last window may hang over the end.
    out : ndarray, shape (N, C, *O)
        O is `pool_output_size`; fastest in batch-last memory.
    work : Workspace
    winners : ndarray, default=None
        Of `nnmods.kernels.winners.empty_winners`, where they are wanted.

    Raises
    ------
    ValueError
        If O is not what the sizes give, or not positive.
    """
    args = kernel, stride, padding, dilation, ceil
    geometry = pool_geometry(x.shape, *args, out.shape)
    if not x.size:
        return out
    x = batch_last(x, work, "x", out.dtype)
    y = batch_last_out(out, work, "y")

    def task(block, lane):
        with scratch() as room:
            views = Phases(x[block], geometry, "image", room).split(-np.inf)
            largest = grid(y[block], geometry, "largest", room, copy=False)
            if winners is None:
                fold(np.maximum, views, largest)
                from_grid(largest, geometry, y[block])
                return
            find_winners(views, largest, y[block], geometry, winners[block], room)

    moved = x.nbytes + y.nbytes
    each(task, blocks(x, moved), moved)
    write_back(y, out)
    return out


def max_pool_backward(
    winners, dC_dy, kernel, stride, padding, dilation, ceil, out, work
):
    """Write dC_dx to ``out`` and return it: each gradient goes to its window's winner.

    The other arguments are those of `max_pool_forward`, which found the ``winners``.
    """
    args = kernel, stride, padding, dilation, ceil
    geometry = pool_geometry(out.shape, *args, dC_dy.shape)
    dC_dy = batch_last(dC_dy, work, "dC_dy", out.dtype)
    dC_dx = batch_last_out(out, work, "dC_dx")

    def task(block, lane):
        with scratch() as room:
            sums = Phases(dC_dx[block], geometry, "sums", room).clear()
            slope = grid(dC_dy[block], geometry, "slope", room)
            part = room("part", slope.shape, slope.dtype)
            winner = winners[block].reshape(-1)
            for k, (fresh, total) in enumerate(zip(geometry.fresh, sums, strict=True)):
                if fresh:
                    select(slope, winner, k, total, room)
                else:
                    np.add(total, select(slope, winner, k, part, room), out=total)
            sums.join()

    moved = dC_dx.nbytes + dC_dy.nbytes
    each(task, blocks(dC_dx, moved), moved)
    write_back(dC_dx, out)
    return out


def max_pool_jvp(winners, dx, kernel, stride, padding, dilation, ceil, out, work):
    """Write the Jacobian times ``dx``, of the shape of ``y``, to ``out`` and return it.

    Of each window, it is the entry of ``dx`` where `max_pool_backward` would put the
    gradient. The other arguments are those of that.
    """
    args = kernel, stride, padding, dilation, ceil
    geometry = pool_geometry(dx.shape, *args, out.shape)
    dx = batch_last(dx, work, "dx", out.dtype)
    dy = batch_last_out(out, work, "dy")

    def task(block, lane):
        with scratch() as room:
            views = Phases(dx[block], geometry, "changes", room).split(0)
            total = grid(dy[block], geometry, "total", room, copy=False)
            part = room("part", total.shape, total.dtype)
            winner = winners[block].reshape(-1)
            total.fill(0)
            for k, view in enumerate(views):
                np.add(total, select(view, winner, k, part, room), out=total)
            from_grid(total, geometry, dy[block])

    moved = dx.nbytes + dy.nbytes
    each(task, blocks(dx, moved), moved)
    write_back(dy, out)
    return out
