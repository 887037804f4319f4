"""Masks in floating point: 1 where a condition holds, 0 elsewhere, NaN where x is NaN.

Products with them take a fifth of the time of assignments where a boolean mask of no
regular pattern holds: the processor cannot guess its branches.
"""

import numpy as np

BOOL = np.dtype(np.bool_)


def above(x, limit, out, work):
    """Write whether x > limit into ``out``, 1 or 0."""
    mask = work("mask", x.shape, BOOL)
    np.greater(x, limit, out=mask)
    _put(x, mask, out)


def between(x, low, high, out, work):
    """Write whether low < x < high into ``out``, 1 or 0."""
    mask, other = work("mask", x.shape, BOOL), work("other", x.shape, BOOL)
    np.greater(x, low, out=mask)
    np.less(x, high, out=other)
    np.logical_and(mask, other, out=mask)
    _put(x, mask, out)


def outside(x, limit, out, work):
    """Write whether x < -limit or x > limit into ``out``, 1 or 0."""
    mask, other = work("mask", x.shape, BOOL), work("other", x.shape, BOOL)
    np.greater(x, limit, out=mask)
    np.less(x, -limit, out=other)
    np.logical_or(mask, other, out=mask)
    _put(x, mask, out)


def one_or(slope, out, work):
    """Put ``slope`` in the place of the 0s of ``out``, a mask, in place."""
    mask = work("float mask", out.shape, out.dtype)
    np.copyto(mask, out)
    np.subtract(1, mask, out=out)
    np.multiply(out, slope, out=out)
    np.add(out, mask, out=out)


def keep_nan(x, out, work):
    """Write NaN into ``out`` where x is NaN."""
    mask = work("mask", x.shape, BOOL)
    np.isnan(x, out=mask)
    np.copyto(out, np.nan, where=mask)


def _put(x, mask, out):
    np.copyto(out, mask)  # compared straight into floats NumPy takes a buffer
    np.isnan(x, out=mask)
    np.copyto(out, np.nan, where=mask)
