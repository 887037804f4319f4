"""Pooling windows taken apart into taps.

Tap k of all windows at once is a strided slice of the image, so that pooling is a
maximum, or a sum, of slices. Padding is never stored: what a tap would read there is
left out of its slice.

The slices are copied to contiguous scratch and worked on there: a ufunc on strided
arrays copies them too, to buffers that it allocates for each call. All is done for a
block of channels at a time, which stays in the cache.
"""

from functools import lru_cache
from itertools import product

import numpy as np

from nnmods.kernels.layout import pairs
from nnmods.kernels.windows import check_sizes, pool_output_size

# Entries of the image, 0.5 MB in float32: its slices and the scratch fit into a
# second-level cache of 1 MB then. (Not bytes: arrays of all dtypes are cut alike.)
BLOCK_SIZE = 1 << 17


def pool_taps(x_shape, kernel, stride, padding, dilation, ceil, y_shape):
    """Return `taps` of a pooling, after a check that ``y_shape`` is what it gives."""
    size, count = x_shape[2:], y_shape[2:]
    wanted = pool_output_size(size, kernel, stride, padding, dilation, ceil)
    check_sizes("output", count, wanted)
    before = tuple(b for b, _ in pairs(padding))
    return taps(size, kernel, stride, before, dilation, count)


@lru_cache(maxsize=256)
def taps(size, kernel, stride, before, dilation, count):
    """Return which outputs and which inputs meet at each tap, in row-major order.

    Parameters
    ----------
    size, kernel, stride, before, dilation, count : tuple of int
        One entry for each spatial axis; ``before`` is the padding at its start and
        ``count`` the number of windows.

    Returns
    -------
    tuple of (outputs, inputs)
        Two indices of arrays (C, *count, N) and (C, *size, N), which select equal
        shapes. A tap that reads padding only is left out.

    Examples
    --------
    >>> for outputs, inputs in taps((4,), (2,), (2,), (1,), (1,), (3,)):
    ...     print(outputs[1], inputs[1])
    slice(1, 3, None) slice(1, 4, 2)
    slice(0, 2, None) slice(0, 3, 2)
    """
    axes = []
    for n, k, s, b, d, o in zip(
        size, kernel, stride, before, dilation, count, strict=True
    ):
        axis = []
        for start in range(-b, k * d - b, d):  # what window 0 reads
            first = max(0, -(start // s))
            stop = min(o, (n - 1 - start) // s + 1)
            if first < stop:
                inputs = slice(start + first * s, start + (stop - 1) * s + 1, s)
                axis.append((slice(first, stop), inputs))
        axes.append(axis)
    every = slice(None)
    return tuple(
        ((every, *(pair[0] for pair in tap)), (every, *(pair[1] for pair in tap)))
        for tap in product(*axes)
    )


def blocks(x):
    """Return slices of the channels of ``x`` (C, *S, N); the first is the longest."""
    return _blocks(len(x), x.size)


@lru_cache(maxsize=256)
def _blocks(channels, size):
    pieces = max(1, min(channels, -(-size // BLOCK_SIZE)))
    step = -(-channels // pieces)
    return tuple(
        slice(start, min(start + step, channels)) for start in range(0, channels, step)
    )


def scratch(name, y, x, dtype, work):
    """Return scratch shaped like ``y`` (C, *O, N), but with one block of channels."""
    step = blocks(x)[0].stop
    return work(name, (step, *y.shape[1:]), dtype)


def gather(slices, outputs, value, out):
    """Write what one tap reads to ``out`` (C, *O, N), and ``value`` for padding."""
    part = out[outputs]
    if part.size < out.size:
        out.fill(value)
    np.copyto(part, slices)


def spread(values, outputs, slices, disjoint, scratch):
    """Add ``values`` (C, *O, N) to what one tap reads, the ``slices`` of an image.

    Where windows are ``disjoint``, the slices are known to be zero.
    """
    if disjoint:
        np.copyto(slices, values[outputs])
    else:
        gather(slices, outputs, 0, scratch)
        np.add(scratch, values, out=scratch)
        np.copyto(slices, scratch[outputs])


def are_disjoint(kernel, stride, dilation):
    """Return whether no two windows share a position."""
    return all(
        d * (k - 1) < s for k, s, d in zip(kernel, stride, dilation, strict=True)
    )
