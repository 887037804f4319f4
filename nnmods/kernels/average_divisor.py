"""What the sums of an average pooling are divided by."""

from functools import lru_cache
from math import prod

import numpy as np

from nnmods.kernels.layout import pairs


def spread_out(divisor, values, room):
    """Return the divisor of ``values``: a number, or an array of their shape."""
    if divisor.ndim == 0:
        return divisor
    shared = room("shared", values.shape, values.dtype)
    np.copyto(shared, divisor)  # a ufunc would copy it to small buffers
    return shared


def divisor_of(x, kernel, stride, padding, count_include_pad, y, work):
    """Return what to divide each window by: a number if it is one for all of them, or
    (*O, N), which is made once for each geometry.
    """
    size, count, padding = x.shape[2:], y.shape[2:], pairs(padding)
    geometry = size, kernel, stride, padding, count_include_pad, count
    one = _one_for_all(*geometry, y.dtype)
    if one is not None:
        return one
    # All that decides its values is in the name, so whatever is there is right; a new
    # one holds 0, which is no divisor.
    name = ("divisor", size, kernel, stride, padding, count_include_pad)
    divisor = work(name, (*count, len(y)), y.dtype, fill=0)
    if divisor.size and divisor.flat[0] == 0:
        divisor.fill(1)
        for axis, length in enumerate(_lengths(*geometry)):
            divisor *= length.reshape(-1, *(1,) * (len(count) - axis))
    return divisor


@lru_cache(maxsize=256)
def _one_for_all(size, kernel, stride, padding, count_include_pad, count, dtype):
    """Return the divisor of all windows, as an array (), or None if they differ."""
    lengths = _lengths(size, kernel, stride, padding, count_include_pad, count)
    if any(length.min() < length.max() for length in lengths):
        return None
    one = np.array(prod(int(length[0]) for length in lengths), dtype)
    one.flags.writeable = False
    return one


def _lengths(size, kernel, stride, padding, count_include_pad, count):
    """Return how many entries along each axis the windows count."""
    lengths = []
    for n, k, s, (before, after), o in zip(
        size, kernel, stride, padding, count, strict=True
    ):
        start = np.arange(o) * s - before
        low, high = (-before, n + after) if count_include_pad else (0, n)
        length = np.minimum(start + k, high) - np.maximum(start, low)
        # A window wholly in the padding sums nothing: its mean is 0 / 1.
        lengths.append(np.maximum(length, 1))
    return tuple(lengths)
