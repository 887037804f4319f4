"""Max pooling over any number of spatial axes: the largest entry of each window."""

from math import prod

import numpy as np

from nnmods.kernels.layout import batch_last, batch_last_out, write_back
from nnmods.kernels.taps import (
    are_disjoint,
    blocks,
    gather,
    pool_taps,
    scratch,
    spread,
)

# Integers of the floats' sizes: a gradient times 0 or 1 as integers keeps or clears its
# bits, infinities and NaNs too, and is ten times faster than a ufunc with `where`.
_BITS = {2: np.int16, 4: np.int32, 8: np.int64}


def max_pool_forward(x, kernel, stride, padding, dilation, ceil, out, work):
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

    Raises
    ------
    ValueError
        If O is not what the sizes give, or not positive.
    """
    taps = pool_taps(x.shape, kernel, stride, padding, dilation, ceil, out.shape)
    x = batch_last(x, work, "x", out.dtype)
    y = batch_last_out(out, work, "y")
    candidates = scratch("candidates", y, x, y.dtype, work)
    for block in blocks(x):
        image, largest = x[block], y[block]
        candidate = candidates[: len(largest)]
        largest.fill(-np.inf)
        for outputs, inputs in taps:
            gather(image[inputs], outputs, -np.inf, candidate)
            np.maximum(largest, candidate, out=largest)
    write_back(y, out)
    return out


def max_pool_backward(x, y, dC_dy, kernel, stride, padding, dilation, ceil, out, work):
    """Write dC_dx to ``out`` and return it.

    The gradient of a window goes to the first of its positions, in row-major order,
    that holds its maximum (or NaN, where that is the maximum). ``y`` is what
    `max_pool_forward` gave for ``x``, whose arguments the others are.
    """
    taps = pool_taps(x.shape, kernel, stride, padding, dilation, ceil, dC_dy.shape)
    dC_dy = batch_last(dC_dy, work, "dC_dy", out.dtype)
    dC_dx = batch_last_out(out, work, "dC_dx")
    dC_dx.fill(0)
    disjoint = are_disjoint(kernel, stride, dilation)
    gradients = scratch("gradients", dC_dy, dC_dx, out.dtype, work)
    sums = scratch("sums", dC_dy, dC_dx, out.dtype, work)
    for block, (outputs, inputs), hit in _winners(x, y, taps, work):
        gradient, total = gradients[: len(hit)], sums[: len(hit)]
        _select(dC_dy[block], hit, gradient)
        spread(gradient, outputs, dC_dx[block][inputs], disjoint, total)
    write_back(dC_dx, out)
    return out


def max_pool_jvp(x, y, dx, kernel, stride, padding, dilation, ceil, out, work):
    """Write the Jacobian times ``dx``, of the shape of ``y``, to ``out`` and return it.

    Of each window, it is the entry of ``dx`` where `max_pool_backward` would put the
    gradient. The other arguments are those of that.
    """
    taps = pool_taps(x.shape, kernel, stride, padding, dilation, ceil, out.shape)
    dx = batch_last(dx, work, "dx", out.dtype)
    dy = batch_last_out(out, work, "dy")
    dy.fill(0)
    changes = scratch("changes", dy, dx, out.dtype, work)
    parts = scratch("parts", dy, dx, out.dtype, work)
    for block, (outputs, inputs), hit in _winners(x, y, taps, work):
        change, part = changes[: len(hit)], parts[: len(hit)]
        gather(dx[block][inputs], outputs, 0, change)
        _select(change, hit, part)
        np.add(dy[block], part, out=dy[block])
    write_back(dy, out)
    return out


def max_pool_indices(x, y, kernel, stride, padding, dilation, ceil, out, work):
    """Write where `max_pool_backward` would put each gradient to ``out``; return it.

    ``out`` (N, C, *O), of integers, gets positions in the image S, counted in row-major
    order from 0.
    """
    taps = pool_taps(x.shape, kernel, stride, padding, dilation, ceil, out.shape)
    index = batch_last_out(out, work, "index")
    size = x.shape[2:]
    position = np.arange(prod(size)).reshape(*size, 1)
    for block, (outputs, inputs), hit in _winners(x, y, taps, work):
        target = index[block][outputs]
        np.copyto(target, position[inputs[1:]], where=hit[outputs])
    write_back(index, out)
    return out


def _winners(x, y, taps, work):
    """Yield (block, tap, hit): in which windows of a block the tap is the maximum.

    Each window is hit once, by the first tap that equals its maximum.
    """
    x = batch_last(x, work, "x", y.dtype)
    y = batch_last(y, work, "y")
    has_nan = y.size and np.isnan(np.maximum.reduce(y, axis=None))
    candidates = scratch("candidates", y, x, y.dtype, work)
    flags = [scratch(name, y, x, np.bool_, work) for name in ("hit", "free", "nan")]
    for block in blocks(x):
        image, largest = x[block], y[block]
        candidate = candidates[: len(largest)]
        hit, free, nan = (flag[: len(largest)] for flag in flags)
        free.fill(True)  # windows whose maximum is yet to come
        for outputs, inputs in taps:
            gather(image[inputs], outputs, np.nan, candidate)  # NaN equals nothing
            np.equal(candidate, largest, out=hit)
            if has_nan:
                gather(image[inputs], outputs, 0, candidate)
                np.not_equal(candidate, candidate, out=nan)
                np.logical_or(hit, nan, out=hit)
            np.logical_and(hit, free, out=hit)
            np.not_equal(free, hit, out=free)
            yield block, (outputs, inputs), hit


def _select(values, hit, out):
    """Write ``values`` where ``hit``, and 0 elsewhere, to ``out``."""
    bits = _BITS.get(out.itemsize)
    if bits is None:
        out.fill(0)
        np.copyto(out, values, where=hit)
    else:
        out = out.view(bits)
        np.copyto(out, hit)
        np.multiply(values.view(bits), out, out=out)
