"""What `softmax` and its relatives do to one block of rows, which stays in the cache.

A step is called with the axis, three scratch arrays of a number for each row, the array
to write, and those to read.
"""

import numpy as np

from nnmods.kernels.blocks import row_dots, row_sums

#: Exponentials whose sums are at least 1, and squared at most this, did not overflow,
#: nor underflow where the quotient would not: softmax then needs no largest entries.
MODERATE = 1e30
#: Exponentials whose sums are at most this can be squared in single precision.
MOST = 1e12
#: Up to this number of entries a pass over them takes less than to see that it is not
#: needed, and a reduction by NumPy less than by BLAS.
SHORT = 1 << 12
_max = np.maximum.reduce  # np.max and np.sum add a microsecond to these
_min = np.minimum.reduce
_sum = np.add.reduce


def log_softmax(axis, numbers, y, x, exps=None, factors=None):
    """Subtract log(sum(exp(x))), at once or, where that loses digits, after max(x).

    Given the last two, it leaves exp(y) there as ``exps * factors``.
    """
    largest, total = numbers[0], numbers[1]
    e = y if exps is None else exps
    long = y.size > SHORT and y.itemsize > 2
    with np.errstate(invalid="ignore", over="ignore"):
        if long:
            _sum_along(axis, np.exp(x, e), total)
            if axis == y.ndim - 1:
                row_dots(e, e, numbers[2, ..., 0])
                if _are_spread(total, numbers[2], largest):
                    if exps is not None:
                        np.reciprocal(total, factors)
                    np.subtract(x, np.log(total, total), y)
                    return
        _max(x, axis, None, largest, True)
        small = long and _are_small(largest)
        if not small:
            np.exp(np.subtract(x, largest, e), e)
            _sum_along(axis, e, total)
        if exps is not None:
            np.reciprocal(total, factors)
        if small:
            np.divide(total, np.exp(largest, numbers[2]), total)
            np.maximum(total, 1, out=total)  # rounding could make it less
        # x - max first, and not max + log(sum): that would lose the logarithm beside a
        # large maximum.
        np.subtract(x, largest, y)
        np.subtract(y, np.log(total, total), y)


def log_softmax_backward(axis, numbers, dC_dx, y, dC_dy):
    total = _sum_along(axis, dC_dy, numbers[0])
    np.multiply(np.exp(y, dC_dx), total, dC_dx)
    np.subtract(dC_dy, dC_dx, dC_dx)


def log_softmax_backward_from(axis, numbers, dC_dx, dC_dy, exps, factors):
    total = _sum_along(axis, dC_dy, numbers[0])
    np.multiply(exps, np.multiply(total, factors, total), dC_dx)
    np.subtract(dC_dy, dC_dx, dC_dx)


def softmax(axis, numbers, y, x):
    total = numbers[0]
    with np.errstate(invalid="ignore", over="ignore"):
        _sum_along(axis, np.exp(x, y), total)
        if not _are_moderate(total):
            largest = _max(x, axis, None, numbers[1], True)
            np.exp(np.subtract(x, largest, y), y)
            _sum_along(axis, y, total)
    np.multiply(y, np.reciprocal(total, total), y)


def softmax_backward(axis, numbers, dC_dx, y, dC_dy):
    total = _weighted_sums(axis, numbers[0], dC_dx, y, dC_dy)
    np.subtract(dC_dy, total, dC_dx)
    np.multiply(dC_dx, y, dC_dx)


def softmin(axis, numbers, y, x):
    total = numbers[0]
    with np.errstate(invalid="ignore", over="ignore"):
        np.exp(np.negative(x, y), y)
        _sum_along(axis, y, total)
        if not _are_moderate(total):
            least = _min(x, axis, None, numbers[1], True)
            np.exp(np.subtract(least, x, y), y)
            _sum_along(axis, y, total)
    np.multiply(y, np.reciprocal(total, total), y)


def softmin_backward(axis, numbers, dC_dx, y, dC_dy):
    total = _weighted_sums(axis, numbers[0], dC_dx, y, dC_dy)
    np.subtract(total, dC_dy, dC_dx)
    np.multiply(dC_dx, y, dC_dx)


def _weighted_sums(axis, total, part, y, dC_dy):
    """Write the sums of y * dC_dy to ``total`` and return it; ``part`` is scratch."""
    if y.size > SHORT and axis == y.ndim - 1:
        row_dots(y, dC_dy, total[..., 0])
        return total
    return _sum(np.multiply(y, dC_dy, part), axis, None, total, True)


def _are_moderate(total):
    """Tell whether the exponentials of these sums may stay as they are."""
    return _min(total, None) >= 1 and np.vdot(total, total) <= MODERATE


def _are_spread(total, squares, bound):
    """Tell whether x - log(total) loses nothing that counts to the logarithm's size.

    No y is nearer to 0 than log(total) - log(squares) / 2, for no exponential is larger
    than the root of ``squares``, the sum of their squares. Where that is a quarter of
    log(total) at least, its rounding is within two roundings of y.

    ``bound`` is scratch.
    """
    if not (_min(total, None) >= 2 and _max(total, None) <= MOST):
        return False
    np.multiply(total, np.sqrt(total, bound), bound)
    return np.greater_equal(bound, squares).all()


def _are_small(largest):
    """Tell whether exponentials of entries up to these neither overflow nor vanish.

    Those that lose digits as they come to an end are shares of 1e-36 at most.
    """
    return _max(largest, None) <= 16 and _min(largest, None) >= -4


def _sum_along(axis, x, out):
    """Write the sums along ``axis``, which stays, to ``out`` and return it."""
    if x.size <= SHORT or axis < x.ndim - 1:
        return _sum(x, axis, None, out, True)
    row_sums(x, out[..., 0])
    return out
