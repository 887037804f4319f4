"""Matrix products into memory that is there already.

`ndarray.dot` takes half the time of `numpy.matmul` on small matrices (2.5 against 5
microseconds at 32 x 64 x 32), since it prepares for no broadcasting; but it wants one
dtype and a result in C order, and copies what does not lie in one piece.
"""

from functools import lru_cache

import numpy as np


def product(a, b, out):
    """Write the matrix product of ``a`` and ``b`` to ``out`` and return it.

    Parameters
    ----------
    a : ndarray, shape (..., M, K)
    b : ndarray, shape (K, N)
    out : ndarray, shape (..., M, N)
        Shares no memory with the others.

    Examples
    --------
    >>> product(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]), np.empty((2, 2)))
    array([[1., 2.],
           [3., 4.]])
    """
    if a.ndim == 2 and a.flags.forc and b.flags.forc:
        return dot(a, b, out)
    return np.matmul(a, b, out=out, casting="same_kind")


def dot(a, b, out):
    """Write the product of two matrices, each in one piece, to ``out`` and return it.

    The same as `product`, for those who know: asking takes a tenth of the time.
    """
    try:
        return a.dot(b, out)
    except ValueError:  # not in C order, or of another dtype: cheaper than asking
        if out.flags.f_contiguous and a.dtype == b.dtype == out.dtype:
            b.T.dot(a.T, out.T)  # (a b)^T = b^T a^T
            return out
    return np.matmul(a, b, out=out, casting="same_kind")


def column_sums(a, out):
    """Write the sums over the rows of ``a`` (M, N) to ``out`` (N,) and return it."""
    if a.dtype is out.dtype and a.flags.forc:
        return _ones(len(a), a.dtype).dot(a, out)  # a third of the time of a reduction
    return np.add.reduce(a, axis=0, out=out)


@lru_cache(maxsize=64)
def _ones(n, dtype):
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones
