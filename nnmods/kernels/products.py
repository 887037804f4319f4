"""Matrix products into memory that is there already.

`ndarray.dot` takes half the time of `numpy.matmul` on small matrices (2.5 against 5
microseconds at 32 x 64 x 32), since it prepares for no broadcasting; but it wants one
dtype and a result in C order, and copies what does not lie in one piece.
"""

from functools import lru_cache

import numpy as np

from nnmods.kernels.gemm import add_gemm, has_gemm
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share

#: Lanes part where a multiple of this begins: BLAS works on blocks of such lengths.
GRAIN = 64
#: Rows of a sum's share that is made at a time: with fewer, BLAS repacks b too often.
CHUNK = 512
#: Multiplications from which on BLAS is to add a product to what is there: calling it
#: takes as long as the sum that it saves of shorter ones.
LEAST_ADDED = 1 << 22


def product(a, b, out, bias=None, finish=None):
    """Write the matrix product of ``a`` and ``b`` to ``out`` and return it.

    Parameters
    ----------
    a : ndarray, shape (..., M, K)
    b : ndarray, shape (K, N)
    out : ndarray, shape (..., M, N)
        Shares no memory with the others.
    bias : ndarray, shape (N,), default=None
        Added to each row.
    finish : callable, default=None
        Writes over each part of ``out``, while that is in the processor's cache.

    Examples
    --------
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> product(np.eye(2), a, np.empty((2, 2)), bias=np.array([0.0, 10.0]))
    array([[ 1., 12.],
           [ 3., 14.]])
    """
    if a.ndim > 2 and a.flags.c_contiguous and out.flags.c_contiguous:
        rows = a.reshape(-1, a.shape[-1]), b, out.reshape(-1, b.shape[1])
        product(*rows, bias, finish)
        return out
    lanes = lanes_for(products=a.size * b.shape[1])
    if lanes == 1 or a.ndim != 2:
        return _finished(_product(a, b, out), bias, finish)
    axis = 0 if out.shape[0] >= out.shape[1] else 1
    # Elsewhere NumPy would add the bias to parts through buffers.
    by_rows = axis == 0 and out.flags.c_contiguous

    def part_of_product(lane):
        part = _part(out.shape[axis], lanes, lane)
        if by_rows:
            _finished(_product(a[part], b, out[part]), bias, finish)
        elif axis == 0:
            _product(a[part], b, out[part])
        else:
            _product(a, b[:, part], out[:, part])

    in_lanes(part_of_product, lanes)
    return out if by_rows else _finished(out, bias, finish)


def _product(a, b, out):
    if a.ndim == 2 and a.flags.forc and b.flags.forc:
        return dot(a, b, out)
    return np.matmul(a, b, out=out, casting="same_kind")


def _finished(out, bias, finish):
    """Add the bias to ``out``, have it written over, and return it."""
    if bias is not None:
        np.add(out, bias, out)
    if finish is not None:
        finish(out)
    return out


def add_product(a, b, scale, out):
    """Add ``scale`` times the matrix product of ``a`` and ``b`` to ``out``.

    Parameters
    ----------
    a, b : ndarray, shapes (M, K) and (K, N)
    scale : float
    out : ndarray, shape (M, N)
    """

    def add_rows(lane):
        part = _part(len(out), lanes, lane)
        if large and add_gemm(a[part], b, scale, out[part]):
            return
        for start in range(part.start, part.stop, CHUNK):
            rows = slice(start, min(start + CHUNK, part.stop))
            with scratch() as work:
                term = work("term", out[rows].shape, out.dtype)
                np.matmul(a[rows], b, out=term, casting="same_kind")
                if scale != 1:
                    np.multiply(term, scale, term)
                np.add(out[rows], term, out[rows])

    large = a.size * b.shape[1] >= LEAST_ADDED and has_gemm(out.dtype)
    lanes = lanes_for(products=a.size * b.shape[1])
    in_lanes(add_rows, lanes)


def _part(n, lanes, lane):
    """Return the slice of a length ``n`` that belongs to a lane."""
    grains = share(-(-n // GRAIN), lanes, lane)
    return slice(grains.start * GRAIN, min(grains.stop * GRAIN, n))


def dot(a, b, out):
    """Write the product of two matrices, each in one piece, to ``out`` and return it.

    The same as `product` of small ones, for those who know: asking takes a tenth of
    the time.
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
    if a.dtype == out.dtype and a.flags.forc:  # equal, but another one, of a pickle
        # a third of the time of a reduction
        return _ones(len(a), a.dtype.char).dot(a, out)
    return np.add.reduce(a, axis=0, out=out)


def add_column_sums(a, scale, out):
    """Add ``scale`` times the sums over the rows of ``a`` (M, N) to ``out`` (N,)."""
    with scratch() as work:
        term = column_sums(a, work("term", out.shape, out.dtype))
        if scale != 1:
            np.multiply(term, scale, term)
        np.add(out, term, out)


@lru_cache(maxsize=64)
def _ones(n, kind):
    """Return n ones, of a dtype given by its ``char``: that is hashed quickly."""
    ones = np.ones(n, kind)
    ones.flags.writeable = False
    return ones
