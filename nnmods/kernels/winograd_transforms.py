"""The matrices of Winograd's convolutions F(m, r): m outputs of r taps at a time.

Along one axis, with n = m + r - 1 inputs x, taps w and outputs y::

    y = A ((G w) * (B x))

has n products in place of m r. It multiplies two polynomials by their values at n
points, one of them infinity, and is the transpose of that (Cook and Toom; [1]_). Over
several axes each matrix is the Kronecker product of those of the axes.

The points are 0 and small numbers of either sign: the larger they get, the more digits
cancel between the three.

References
----------
.. [1] S. Winograd, "Arithmetic complexity of computations", SIAM 1980; for
   convolutional networks A. Lavin, S. Gray, "Fast algorithms for convolutional neural
   networks", CVPR 2016.
"""

from functools import lru_cache, reduce

import numpy as np

from nnmods.kernels.columns import wide_product
from nnmods.kernels.scratch import LINE as LINE_BYTES

POINTS = (0, 1, -1, 2, -2, 1 / 2, -1 / 2)
#: Numbers of a cache line, in float32.
LINE = LINE_BYTES // 4


@lru_cache(maxsize=64)
def transforms(outputs, taps, dtype):
    """Return A, G and B for F(m, r) along each axis.

    Parameters
    ----------
    outputs, taps : tuple of int
        m and r, one entry for each axis.
    dtype : numpy dtype

    Returns
    -------
    A : ndarray, shape (M, T)
        M and T are the numbers of outputs and of inputs of a tile.
    G : ndarray, shape (T, K)
    B : ndarray, shape (T, T)

    Examples
    --------
    >>> A, G, B = transforms((2,), (3,), np.dtype(float))
    >>> x, w = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, -1.0])
    >>> (A @ ((G @ w) * (B @ x))).round(12), np.correlate(x, w)
    (array([-2., -2.]), array([-2., -2.]))
    """
    axes = [_one_axis(m, r) for m, r in zip(outputs, taps, strict=True)]
    result = [reduce(np.kron, matrices) for matrices in zip(*axes, strict=True)]
    result = [np.ascontiguousarray(matrix, dtype) for matrix in result]
    for matrix in result:
        matrix.flags.writeable = False
    return tuple(result)


@lru_cache(maxsize=256)
def matrices(axes, dtype):
    """Return the pairs A and B of the axes, the entry that a bias adds to, and G.

    That of the point 1: its A[m, t] are all 1.
    """
    sizes = [((axis.outputs,), (axis.taps,)) for axis in axes]
    A, _, B = zip(*(transforms(*size, dtype) for size in sizes), strict=True)
    outputs, taps = (sum(pair, ()) for pair in zip(*sizes, strict=True))
    both, G, _ = transforms(outputs, taps, dtype)
    return (A, B), (both == 1).all(axis=0).argmax(), G


def transformed(weight, G, work):
    """Return U (T, Co, Ci) of a weight (Co, Ci, *K)."""
    Co, Ci = weight.shape[:2]
    w = apart(work, "w", G.shape[1], Co * Ci, G.dtype)
    by_tap = weight.transpose(*range(2, weight.ndim), 0, 1)
    np.copyto(w.reshape(by_tap.shape), by_tap)
    U = apart(work, "U", len(G), Co * Ci, G.dtype)
    wide_product(G, w, U)
    return U.reshape(len(G), Co, Ci)


def apart(work, name, rows, columns, dtype):
    """Return a matrix whose rows are not a power of two apart."""
    return work(name, (rows, columns + LINE), dtype)[:, :columns]


def _one_axis(m, r):
    n = m + r - 1
    points = POINTS[: n - 1]
    A, G, B = np.zeros((m, n)), np.zeros((n, r)), np.zeros((n, n))
    for j, point in enumerate(points):
        others = np.delete(points, j)
        A[:, j] = np.power(float(point), range(m))
        G[j] = np.power(float(point), range(r)) / np.prod(point - others)
        B[j, :-1] = np.poly(others)[::-1]
    A[-1, -1] = G[-1, -1] = 1  # the value at infinity is the leading coefficient
    B[-1] = np.atleast_1d(np.poly(points))[::-1]
    return A, G, B
