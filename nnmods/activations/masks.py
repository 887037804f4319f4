"""Masks in floating point: 1 where a condition holds, 0 elsewhere, NaN where x is NaN.

Products with them take a fifth of the time of assignments where a boolean mask of no
regular pattern holds: the processor cannot guess its branches.
"""

import numpy as np

BOOL = np.dtype(np.bool_)
#: Entries from which on a pass more or less takes longer than a call more or less.
MANY = 4096


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


def above(x, limit, out, work):
    """Write whether x > limit into ``out``, 1 or 0."""
    mask = work("mask", x.shape, BOOL)
    np.greater(x, limit, out=mask)
    _put(x, mask, out, work)


def below(x, limit, out, work):
    """Write whether x < limit into ``out``, 1 or 0."""
    mask = work("mask", x.shape, BOOL)
    np.less(x, limit, out=mask)
    _put(x, mask, out, work)


def between(x, low, high, out, work):
    """Write whether low < x < high into ``out``, 1 or 0."""
    mask, other = work("mask", x.shape, BOOL), work("other", x.shape, BOOL)
    np.greater(x, low, out=mask)
    np.less(x, high, out=other)
    np.logical_and(mask, other, out=mask)
    _put(x, mask, out, work)


def outside(x, limit, out, work):
    """Write whether x < -limit or x > limit into ``out``, 1 or 0."""
    mask, other = work("mask", x.shape, BOOL), work("other", x.shape, BOOL)
    np.greater(x, limit, out=mask)
    np.less(x, -limit, out=other)
    np.logical_or(mask, other, out=mask)
    _put(x, mask, out, work)


def one_or(slope, out, work):
    """Put ``slope`` in the place of the 0s of ``out``, a mask, in place."""
    if not isinstance(slope, np.ndarray) and 0 <= slope <= 1:
        np.maximum(out, option("slope", slope, out, work), out=out)
        return
    mask = work("float mask", out.shape, out.dtype)
    np.copyto(mask, out)
    np.subtract(1, mask, out=out)
    np.multiply(out, slope, out=out)
    np.add(out, mask, out=out)


def put_below(limit, value, out, work):
    """Put ``value`` where ``out`` is at most ``limit``, in place."""
    below = work("mask", out.shape, BOOL)
    np.less_equal(out, limit, out=below)
    if out.itemsize > 8:  # there are no integers of this size
        np.copyto(out, value, where=below)
        return
    kind = np.dtype(f"i{out.itemsize}")
    keep, bits = work("keep", out.shape, kind), out.view(kind)
    wanted = out.dtype.type(value).view(kind)
    np.copyto(keep, below)
    np.subtract(keep, 1, out=keep)  # all bits are set where x stays, NaN too
    np.bitwise_xor(bits, wanted, out=bits)
    np.bitwise_and(bits, keep, out=bits)
    np.bitwise_xor(bits, wanted, out=bits)


def keep_nan(x, out, work):
    """Write NaN into ``out`` where x is NaN."""
    if x.size > MANY and (largest := np.maximum.reduce(x, axis=None)) == largest:
        return  # in half the time of what follows
    mask = work("mask", x.shape, BOOL)
    np.isnan(x, out=mask)
    np.copyto(out, np.nan, where=mask)


def _put(x, mask, out, work):
    np.copyto(out, mask)  # compared straight into floats NumPy takes a buffer
    keep_nan(x, out, work)
