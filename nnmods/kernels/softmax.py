"""Softmax and its logarithm along one axis, and their Jacobian-transpose products.

``x``, ``y``, ``dC_dy`` and ``out`` have one shape and any memory order; ``out`` shares
no memory with the others. The largest entry of each row is subtracted first, where an
exponential could overflow. A row that is all -inf, or holds +inf or NaN, gives NaN,
quietly.
"""

import numpy as np

from nnmods.kernels.blocks import BLOCK_SIZE, cut, each, quiet_rows, row_dots, row_sums

#: Exponentials whose sums are at least 1, and squared at most this, did not overflow,
#: nor underflow where the quotient would not: softmax then needs no largest entries.
MODERATE = 1e30
#: Up to this number of entries a pass over them takes less than to see that it is not
#: needed, and a reduction by NumPy less than by BLAS.
SHORT = 1 << 12
_max = np.maximum.reduce  # np.max and np.sum add a microsecond to these
_min = np.minimum.reduce
_sum = np.add.reduce


def log_softmax(x, axis, out, work):
    """Write ``y = x - max(x) - log(sum(exp(x - max(x))))`` to ``out`` and return it.

    Parameters
    ----------
    x : ndarray
    axis : int
        Along which the exponentials of ``out`` sum to 1.
    out : ndarray, of the shape of ``x``
    work : Workspace

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> log_softmax(np.array([1e30, 1e30]), 0, np.empty(2), Workspace())
    array([-0.69314718, -0.69314718])
    """
    return _by_rows(_log_softmax, axis, work, out, x)


def _log_softmax(axis, numbers, y, x):
    largest, total = numbers[0], numbers[1]
    with np.errstate(invalid="ignore", over="ignore"):
        _max(x, axis, None, largest, True)
        if y.size > SHORT and y.itemsize > 2 and _are_small(largest):
            np.exp(x, y)  # of 16 at most
            _sum_along(axis, y, total)
            np.divide(total, np.exp(largest, numbers[2]), total)
            np.maximum(total, 1, out=total)  # rounding could make it less
        else:
            np.subtract(x, largest, y)
            np.exp(y, y)
            _sum_along(axis, y, total)
        # x - max first, and not max + log(sum): that would lose the logarithm beside a
        # large maximum.
        np.subtract(x, largest, y)
        np.subtract(y, np.log(total, total), y)


def log_softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = dC_dy - exp(y) * sum(dC_dy)`` to ``out`` and return it."""
    return _by_rows(_log_softmax_backward, axis, work, out, y, dC_dy)


def _log_softmax_backward(axis, numbers, dC_dx, y, dC_dy):
    total = numbers[0]
    _sum_along(axis, dC_dy, total)
    np.exp(y, dC_dx)
    np.multiply(dC_dx, total, dC_dx)
    np.subtract(dC_dy, dC_dx, dC_dx)


def softmax(x, axis, out, work):
    """Write ``y = exp(x - max(x)) / sum(exp(x - max(x)))`` to ``out`` and return it.

    Parameters are those of `log_softmax`.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> softmax(np.array([-np.inf, 7.0, 7.0]), 0, np.empty(3), Workspace())
    array([0. , 0.5, 0.5])
    """
    return _by_rows(_softmax, axis, work, out, x)


def _softmax(axis, numbers, y, x):
    total = numbers[0]
    with np.errstate(invalid="ignore", over="ignore"):
        np.exp(x, y)
        _sum_along(axis, y, total)
        if not (_min(total, None) >= 1 and np.vdot(total, total) <= MODERATE):
            largest = _max(x, axis, None, numbers[1], True)
            np.subtract(x, largest, y)
            np.exp(y, y)
            _sum_along(axis, y, total)
    np.multiply(y, np.reciprocal(total, total), y)


def softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = y * (dC_dy - sum(y * dC_dy))`` to ``out`` and return it."""
    return _by_rows(_softmax_backward, axis, work, out, y, dC_dy)


def _softmax_backward(axis, numbers, dC_dx, y, dC_dy):
    total = numbers[0]
    if y.size > SHORT and axis == y.ndim - 1:
        row_dots(y, dC_dy, total[..., 0])
    else:
        _sum(np.multiply(y, dC_dy, dC_dx), axis, None, total, True)
    np.subtract(dC_dy, total, dC_dx)
    np.multiply(dC_dx, y, dC_dx)


def _are_small(largest):
    """Tell whether exponentials of entries up to these neither overflow nor vanish."""
    return _max(largest, None) <= 16 and _min(largest, None) >= -16


def _by_rows(step, axis, work, out, *inputs):
    """Call ``step(axis, numbers, out, *inputs)`` and return ``out``.

    The ``numbers`` are scratch, three for each row. Long arrays come in blocks of rows,
    with their axes in the order of the memory of ``out``.
    """
    axis %= out.ndim
    shape = list(out.shape)
    shape[axis] = 1
    if 0 < out.size <= BLOCK_SIZE:
        step(axis, work("numbers", (3, *shape), out.dtype), out, *inputs)
        return out
    if not out.flags.c_contiguous:
        order = sorted(range(out.ndim), key=lambda i: -out.strides[i])
        if order != sorted(order):
            arrays = (array.transpose(order) for array in (out, *inputs))
            _by_rows(step, order.index(axis), work, *arrays)
            return out
    numbers = work("numbers", (3, *shape), out.dtype)
    along = max(range(out.ndim), key=lambda i: (shape[i] > 1, -i))  # not along a row
    before = (slice(None),) * along

    def task(block, lane):
        index = *before, block
        parts = (array[index] for array in (out, *inputs))
        step(axis, numbers[:, *index], *parts)

    whole = shape[along] == 1
    blocks = (slice(None),) if whole else cut(shape[along], out.size)
    with quiet_rows(out.size):
        each(task, blocks, out.nbytes * (1 + len(inputs)))
    return out


def _sum_along(axis, x, out):
    """Write the sums along ``axis``, which stays, to ``out`` and return it."""
    if x.size <= SHORT or axis < x.ndim - 1:
        return _sum(x, axis, None, out, True)
    row_sums(x, out[..., 0])
    return out
