"""Sums of the entries of each plane, of arrays that are made in parts only."""

import numpy as np

from nnmods.kernels.pieces import SIZE
from nnmods.kernels.scratch import scratch


def plane_sums(write, arrays, axis, out):
    """Write sums of what ``write(*arrays, terms, work)`` writes into ``out``.

    Parameters
    ----------
    write : callable
        Entry by entry, from parts of the arrays into ``terms``.
    arrays : tuple of ndarray
        All of one shape.
    axis : int or None
        That of the planes; None sums all.
    out : ndarray, shape (planes,), or (1,)
    """
    out.fill(0)
    with scratch() as work, np.errstate(over="ignore", invalid="ignore"):
        for planes, parts, others in _parts(arrays, axis):
            terms = work("terms", parts[0].shape, out.dtype)
            write(*parts, terms, work)
            out[planes] += np.add.reduce(terms, axis=others)


def _parts(arrays, axis):
    """Yield parts of arrays that stay in the cache, in the memory order of the first.

    They come with the planes that are in them, and their axes that are not planes.
    """
    x = arrays[0]
    order = sorted(range(x.ndim), key=lambda i: -abs(x.strides[i]))
    arrays = [array.transpose(order) for array in arrays]
    others = tuple(i for i, original in enumerate(order) if original != axis)
    if x.size <= SIZE:
        yield slice(None), arrays, others
        return
    step = max(1, SIZE * len(arrays[0]) // x.size)
    for start in range(0, len(arrays[0]), step):
        part = slice(start, start + step)
        planes = slice(None) if others[:1] == (0,) else part
        yield planes, [array[part] for array in arrays], others
