"""Norms of vectors, whatever the size of their entries."""

import math

import numpy as np

#: Entries of one sum in the vector's own precision.
PIECE = 1 << 14


def norm(vector, p=2.0):
    """Return ``(sum |v_i|^p)^(1/p)`` as a float, the largest entry for infinite p.

    Powers neither overflow nor vanish, and long sums are taken in float64. Where an
    entry is inf or nan, so is the norm.

    Parameters
    ----------
    vector : ndarray
        Contiguous, of any shape.
    p : float, default=2.0
        Above 0.

    Examples
    --------
    >>> norm(np.array([3.0, 4.0])), norm(np.array([3e200, -4e200]), p=1)
    (5.0, 7e+200)
    """
    v = vector.reshape(-1)
    if p == 2:
        square = _square(v)
        info = np.finfo(v.dtype)
        if v.size * float(info.tiny / info.eps) < square < math.inf:
            return math.sqrt(square)
    peak = max(float(v.max()), -float(v.min())) if v.size else 0.0
    if p == math.inf or peak == 0 or not math.isfinite(peak):
        return peak
    total, scratch = 0.0, np.empty(min(v.size, PIECE), v.dtype)
    with np.errstate(under="ignore"):  # beside the peak it is nothing
        for start in range(0, v.size, PIECE):
            piece = v[start : start + PIECE]
            part = np.divide(piece, peak, out=scratch[: piece.size])
            np.power(np.abs(part, out=part), p, out=part)
            total += float(part.sum())
    return peak * total ** (1 / p)


def _square(v):
    """Return the sum of squares; where they are too large, inf or nan."""
    total = 0.0
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for start in range(0, v.size, PIECE):
            piece = v[start : start + PIECE]
            total += float(np.dot(piece, piece))
    return total
