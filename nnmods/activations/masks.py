"""Masks in floating point: 1 where a condition holds, 0 elsewhere, NaN where x is NaN.

Products with them take a fifth of the time of assignments where a boolean mask of no
regular pattern holds: the processor cannot guess its branches.
"""

import numpy as np

BOOL = np.dtype(np.bool_)
#: Entries from which on a pass more or less takes longer than a call more or less.
MANY = 4096
#: Entries from which on NumPy's clip takes less time than comparing with constant
#: arrays, as those no longer fit into the second-level cache with the others.
LONG = 1 << 16


def constant(value, out, work):
    """Return an array like ``out`` of one value, which never changes.

    With a second array, `numpy.maximum` and `numpy.minimum` take a fifth of the time
    that they take with a number.
    """
    return work(value, out.shape, out.dtype, value)  # its name is the value


def option(name, value, out, work):
    """Return an array like ``out`` of one value, that of an option called ``name``."""
    array = work(name, out.shape, out.dtype, value)
    if array.size and array.flat[0] != value:
        array.fill(value)
    return array


def cut(x, low, high, out, work):
    """Write min(max(x, low), high); a bound of None is none."""
    if out.size > LONG:
        low = -np.inf if low is None else low  # NumPy's None takes thrice the time
        high = np.inf if high is None else high
        np.clip(x, low, high, out=out, dtype=out.dtype)
        return
    if low is not None:
        np.maximum(x, work(low, out.shape, out.dtype, low), out=out)
        x = out
    if high is not None:
        np.minimum(x, work(high, out.shape, out.dtype, high), out=out)


def above(x, limit, out, work):
    """Write whether x > limit into ``out``, 1 or 0."""
    np.greater(x, limit, out=out)
    keep_nan(x, out, work)


def below(x, limit, out, work):
    """Write whether x < limit into ``out``, 1 or 0."""
    np.less(x, limit, out=out)
    keep_nan(x, out, work)


def between(x, low, high, out, work):
    """Write whether low < x < high into ``out``, 1 or 0."""
    mask, other = work("mask", x.shape, BOOL), work("other", x.shape, BOOL)
    np.greater(x, low, out=mask)
    np.less(x, high, out=other)
    np.logical_and(mask, other, out=out)
    keep_nan(x, out, work)


def one_or(slope, out, work):
    """Put ``slope`` in the place of the 0s of ``out``, a mask, in place."""
    if not isinstance(slope, np.ndarray) and 0 <= slope <= 1:
        if out.size > LONG:
            np.clip(out, slope, 1, out=out)
        else:
            np.maximum(out, option("slope", slope, out, work), out=out)
        return
    mask = work("float mask", out.shape, out.dtype)
    np.copyto(mask, out)
    np.subtract(1, mask, out=out)
    np.multiply(out, slope, out=out)
    np.add(out, mask, out=out)


def put_below(limit, value, out, work):
    """Put ``value`` where ``out`` is at most ``limit``, in place."""
    small = work("small", out.shape, np.int8)
    below = small.view(BOOL)
    np.less_equal(out, limit, out=below)
    if out.itemsize > 8:  # there are no integers of this size
        np.copyto(out, value, where=below)
        return
    kind = np.dtype(f"i{out.itemsize}")
    keep, bits = work("keep", out.shape, kind), out.view(kind)
    np.subtract(small, 1, out=small)  # all bits are set where x stays, NaN too
    np.copyto(keep, small)
    wanted = out.dtype.type(value).view(kind)
    if wanted == 0:
        np.bitwise_and(bits, keep, out=bits)
        return
    np.bitwise_xor(bits, wanted, out=bits)
    np.bitwise_and(bits, keep, out=bits)
    np.bitwise_xor(bits, wanted, out=bits)


def keep_nan(x, out, work):
    """Write NaN into ``out`` where x is NaN."""
    if has_nan(x):
        nan = work("nan", x.shape, BOOL)
        np.isnan(x, out=nan)
        np.copyto(out, np.nan, where=nan)


def has_nan(x):
    """Tell whether any entry of x is NaN, in half the time of a mask of them."""
    total = np.vdot(x, x) if x.size <= MANY else np.maximum.reduce(x, axis=None)
    return total != total
