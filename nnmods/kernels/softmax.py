"""Softmax and its logarithm along one axis, and their Jacobian-transpose products.

``x``, ``y``, ``dC_dy`` and ``out`` have one shape and any memory order; ``out`` shares
no memory with the others. The largest entry of each row is subtracted first, so that no
exponential overflows. A row that is all -inf, or holds +inf or NaN, gives NaN, quietly.
"""

import numpy as np

_max = np.maximum.reduce  # np.max and np.sum add a microsecond to these
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
    row = _row(out, axis, work)
    with np.errstate(invalid="ignore", over="ignore"):
        _max(x, axis, None, row, True)
        np.subtract(x, row, out)
        np.exp(out, out)
        total = _sum(out, axis, None, _row(out, axis, work, "sum"), True)
        # x - max once more, instead of keeping it: max + log(sum) would lose the
        # logarithm beside a large maximum.
        np.subtract(x, row, out)
        np.subtract(out, np.log(total, total), out)
    return out


def log_softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = dC_dy - exp(y) * sum(dC_dy)`` to ``out`` and return it."""
    total = _sum(dC_dy, axis, None, _row(out, axis, work), True)
    np.exp(y, out)
    np.multiply(out, total, out)
    return np.subtract(dC_dy, out, out)


def softmax(x, axis, out, work):
    """Write ``y = exp(x - max(x)) / sum(exp(x - max(x)))`` to ``out`` and return it.

    Parameters are those of `log_softmax`.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> softmax(np.array([-np.inf, 7.0, 7.0]), 0, np.empty(3), Workspace())
    array([0. , 0.5, 0.5])
    """
    row = _row(out, axis, work)
    with np.errstate(invalid="ignore", over="ignore"):
        _max(x, axis, None, row, True)
        np.subtract(x, row, out)
    np.exp(out, out)
    return np.divide(out, _sum(out, axis, None, row, True), out)


def softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = y * (dC_dy - sum(y * dC_dy))`` to ``out`` and return it."""
    np.multiply(y, dC_dy, out)
    total = _sum(out, axis, None, _row(out, axis, work), True)
    np.subtract(dC_dy, total, out)
    return np.multiply(out, y, out)


def _row(out, axis, work, name="max"):
    """Return scratch for one number of each row: ``out``'s shape, 1 along ``axis``."""
    shape = list(out.shape)
    shape[axis] = 1
    return work(name, tuple(shape), out.dtype)
