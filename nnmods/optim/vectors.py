"""Sums over long vectors, and multiples of one added to another, piece by piece."""

import numpy as np

from nnmods.optim.norms import PIECE


def inner(a, b):
    """Return the inner product of two vectors as a float, summed up in float64.

    Within pieces of 16384 entries the sum is in the vectors' own precision.

    Examples
    --------
    >>> inner(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    # unlike dot, vdot says nothing of inf and nan, which a search may pass through
    if a.size <= PIECE:
        return float(np.vdot(a, b))
    starts = range(0, a.size, PIECE)
    return sum(float(np.vdot(a[i : i + PIECE], b[i : i + PIECE])) for i in starts)


def add_scaled(w, factor, d):
    """Add ``factor * d`` to ``w``, in place.

    Examples
    --------
    >>> w = np.array([1.0, 2.0])
    >>> add_scaled(w, 0.5, np.array([4.0, -2.0]))
    >>> w
    array([3., 1.])
    """
    if w.size <= PIECE:
        np.add(w, np.multiply(d, factor), out=w)
        return
    scratch = np.empty(PIECE, w.dtype)
    for start in range(0, w.size, PIECE):
        piece = w[start : start + PIECE]
        part = np.multiply(d[start : start + PIECE], factor, out=scratch[: piece.size])
        np.add(piece, part, out=piece)


def sum_of_absolutes(vector):
    """Return the sum of the absolute values as a float.

    Examples
    --------
    >>> sum_of_absolutes(np.array([1.0, -2.0]))
    3.0
    """
    total, scratch = 0.0, np.empty(min(vector.size, PIECE), vector.dtype)
    for start in range(0, vector.size, PIECE):
        piece = vector[start : start + PIECE]
        total += float(np.abs(piece, out=scratch[: piece.size]).sum())
    return total
