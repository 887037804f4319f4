"""Average pooling over any number of spatial axes: the mean or sum of each window."""

import numpy as np

from nnmods.kernels.average_divisor import divisor_of, spread_out
from nnmods.kernels.blocks import each
from nnmods.kernels.layout import batch_last, batch_last_out, write_back
from nnmods.kernels.phases import Phases, blocks, fold, from_grid, grid
from nnmods.kernels.scratch import scratch
from nnmods.kernels.taps import pool_geometry


def average_pool_forward(
    x, kernel, stride, padding, ceil, count_include_pad, out, work
):
    """Write the mean of each window to ``out`` and return it.

    Along one axis, window o runs from ``o * stride - before`` to its end, kernel
    further on. Its entries are counted up to the end of the padded image; without
    ``count_include_pad``, only those in the image itself. The sum of those in the image
    is divided by the product of the counts.

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    kernel, stride : tuple of int
        One entry for each spatial axis.
    padding : tuple of int or of pairs (before, after)
    ceil : bool
        Whether a last window may hang over the end.
    count_include_pad : bool
        Whether the zeros of the padding are part of the mean.
    out : ndarray, shape (N, C, *O)
        O is `pool_output_size`; fastest in batch-last memory.
    work : Workspace

    Raises
    ------
    ValueError
        If O is not what the sizes give, or not positive.
    """
    ones = _ones(kernel)
    geometry = pool_geometry(x.shape, kernel, stride, padding, ones, ceil, out.shape)
    divisor = divisor_of(x, kernel, stride, padding, count_include_pad, out, work)
    return _sums(x, geometry, divisor, out, work)


def average_pool_backward(
    dC_dy, x_shape, kernel, stride, padding, ceil, count_include_pad, out, work
):
    """Write dC_dx, of shape ``x_shape``, to ``out`` and return it.

    Each entry of a window gets ``dC_dy / divisor``. The other arguments are those of
    `average_pool_forward`.
    """
    ones = _ones(kernel)
    geometry = pool_geometry(x_shape, kernel, stride, padding, ones, ceil, dC_dy.shape)
    divisor = divisor_of(out, kernel, stride, padding, count_include_pad, dC_dy, work)
    return _spread_sums(dC_dy, geometry, divisor, out, work)


def sum_pool_forward(x, kernel, stride, out, work):
    """Write the sum of each window to ``out`` and return it.

    The arguments are those of `average_pool_forward`, without padding.
    """
    none, ones = (0,) * len(kernel), _ones(kernel)
    geometry = pool_geometry(x.shape, kernel, stride, none, ones, False, out.shape)
    return _sums(x, geometry, None, out, work)


def sum_pool_backward(dC_dy, x_shape, kernel, stride, out, work):
    """Write dC_dx, of shape ``x_shape``, to ``out`` and return it.

    Each entry of a window gets ``dC_dy``. The other arguments are those of
    `sum_pool_forward`.
    """
    none, ones = (0,) * len(kernel), _ones(kernel)
    geometry = pool_geometry(x_shape, kernel, stride, none, ones, False, dC_dy.shape)
    return _spread_sums(dC_dy, geometry, None, out, work)


def _ones(kernel):
    return (1,) * len(kernel)


def _sums(x, geometry, divisor, out, work):
    """Write the sums over all taps, divided if there is a divisor, to ``out``."""
    x = batch_last(x, work, "x", out.dtype)
    y = batch_last_out(out, work, "y")

    def task(block, lane):
        with scratch() as room:
            views = Phases(x[block], geometry, "image", room).split(0)
            total = grid(y[block], geometry, "total", room, copy=False)
            fold(np.add, views, total)
            from_grid(total, geometry, y[block])
            if divisor is not None:
                shared = spread_out(divisor, y[block], room)
                np.divide(y[block], shared, out=y[block])

    moved = x.nbytes + y.nbytes
    each(task, blocks(x, moved), moved)
    write_back(y, out)
    return out


def _spread_sums(dC_dy, geometry, divisor, out, work):
    """Write the transpose of `_sums` to ``out``."""
    dC_dy = batch_last(dC_dy, work, "dC_dy", out.dtype)
    dC_dx = batch_last_out(out, work, "dC_dx")

    def task(block, lane):
        with scratch() as room:
            slope = dC_dy[block]
            if divisor is not None:
                share = room("share", slope.shape, slope.dtype)
                shared = spread_out(divisor, slope, room)
                slope = np.divide(slope, shared, out=share)
            share = grid(slope, geometry, "shares", room)
            sums = Phases(dC_dx[block], geometry, "sums", room).clear()
            for fresh, total in zip(geometry.fresh, sums, strict=True):
                if fresh:
                    np.copyto(total, share)
                else:
                    np.add(total, share, out=total)
            sums.join()

    moved = dC_dx.nbytes + dC_dy.nbytes
    each(task, blocks(dC_dx, moved), moved)
    write_back(dC_dx, out)
    return out
