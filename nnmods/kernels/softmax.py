"""Softmax, its logarithm and softmin along one axis, and their transposed Jacobians.

``x``, ``y``, ``dC_dy`` and ``out`` have one shape and any memory order; ``out`` shares
no memory with the others. The largest entry of each row is subtracted first, where an
exponential could overflow. A row that is all -inf, or holds +inf or NaN, gives NaN,
quietly.
"""

from nnmods.kernels import softmax_steps as steps
from nnmods.kernels.blocks import BLOCK_SIZE, cut_for, each, quiet_rows


def log_softmax(x, axis, out, work, kept=()):
    """Write ``y = x - max(x) - log(sum(exp(x - max(x))))`` to ``out`` and return it.

    Parameters
    ----------
    x : ndarray
    axis : int
        Along which the exponentials of ``out`` sum to 1.
    out : ndarray, of the shape of ``x``
    work : Workspace
    kept : tuple of ndarray, default=()
        One of the shape of ``x``, and one that has a single entry along the axis. Their
        product will be exp(y), which `log_softmax_backward_from` then need not compute.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.core.workspace import Workspace
    >>> log_softmax(np.array([1e30, 1e30]), 0, np.empty(2), Workspace())
    array([-0.69314718, -0.69314718])
    """
    return _by_rows(steps.log_softmax, axis, work, out, x, *kept)


def log_softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = dC_dy - exp(y) * sum(dC_dy)`` to ``out`` and return it."""
    return _by_rows(steps.log_softmax_backward, axis, work, out, y, dC_dy)


def log_softmax_backward_from(kept, dC_dy, axis, out, work):
    """Write what `log_softmax_backward` writes, from what `log_softmax` kept."""
    return _by_rows(steps.log_softmax_backward_from, axis, work, out, dC_dy, *kept)


def softmax(x, axis, out, work):
    """Write ``y = exp(x - max(x)) / sum(exp(x - max(x)))`` to ``out`` and return it.

    Parameters are those of `log_softmax`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.core.workspace import Workspace
    >>> softmax(np.array([-np.inf, 7.0, 7.0]), 0, np.empty(3), Workspace())
    array([0. , 0.5, 0.5])
    """
    return _by_rows(steps.softmax, axis, work, out, x)


def softmin(x, axis, out, work):
    """Write ``y = exp(min(x) - x) / sum(exp(min(x) - x))`` to ``out`` and return it.

    Parameters are those of `log_softmax`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.core.workspace import Workspace
    >>> softmin(np.array([np.inf, -7.0, -7.0]), 0, np.empty(3), Workspace())
    array([0. , 0.5, 0.5])
    """
    return _by_rows(steps.softmin, axis, work, out, x)


def softmax_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = y * (dC_dy - sum(y * dC_dy))`` to ``out`` and return it."""
    return _by_rows(steps.softmax_backward, axis, work, out, y, dC_dy)


def softmin_backward(y, dC_dy, axis, out, work):
    """Write ``dC_dx = y * (sum(y * dC_dy) - dC_dy)`` to ``out`` and return it."""
    return _by_rows(steps.softmin_backward, axis, work, out, y, dC_dy)


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

    moved = out.nbytes * (1 + len(inputs))
    whole = shape[along] == 1
    blocks = (slice(None),) if whole else cut_for(moved, shape[along], out.size)
    with quiet_rows(out.size):
        each(task, blocks, moved)
    return out
