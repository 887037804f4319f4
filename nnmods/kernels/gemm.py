"""BLAS's matrix product that adds to what is there, which NumPy has none of.

A product to memory of its own and a sum take a fifth to a third longer where the result
is large: of a gradient (2048, 784) from 256 examples 11.7 ms, against 8.9 ms.
"""

import ctypes
from functools import lru_cache

from nnmods.kernels.blas import REAL, routine

#: What C calls the order of rows, and operands as they lie and transposed.
BY_ROWS, PLAIN, TRANSPOSED = 101, 111, 112


def add_gemm(a, b, scale, out):
    """Add ``scale * a @ b`` to ``out``, and tell whether that could be done.

    Parameters
    ----------
    a, b : ndarray, shapes (M, K) and (K, N)
    scale : float
    out : ndarray, shape (M, N)
        In float32 or float64, as the others; rows in one piece.

    Examples
    --------
    >>> import numpy as np
    >>> a, out = np.array([[1.0, 2.0]]), np.ones((1, 1))
    >>> add_gemm(a, a.T, 10.0, out), out
    (True, array([[51.]]))
    """
    if not (a.dtype == b.dtype == out.dtype and has_gemm(out.dtype)):
        return False
    lying = [_by_rows(array) for array in (a, b, out)]
    if None in lying or lying[2][0] == TRANSPOSED:
        return False
    if out.size and a.size:
        (of_a, lda), (of_b, ldb), (_, ldc) = lying
        at_a, at_b, at_out = map(_address, (a, b, out))
        sizes = *out.shape, a.shape[1]
        operands = at_a, lda, at_b, ldb, 1, at_out, ldc
        _routine(out.dtype.char)(BY_ROWS, of_a, of_b, *sizes, scale, *operands)
    return True


def has_gemm(dtype):
    """Tell whether there is a routine for numbers of ``dtype``.

    It is looked for here, once, by the thread that asks: before lanes do so together.
    """
    return dtype.isnative and _routine(dtype.char) is not None


def _address(x):
    return x.__array_interface__["data"][0]


def _by_rows(x):
    """Return how ``x`` lies in memory, and the steps from row to row of that."""
    rows, columns = x.shape
    across, along = (step // x.itemsize for step in x.strides)
    if along == 1 and across >= max(columns, 1):
        return PLAIN, across
    if across == 1 and along >= max(rows, 1):
        return TRANSPOSED, along
    return None


@lru_cache(maxsize=8)
def _routine(kind):
    call = routine("gemm", kind)
    if call is not None:
        real, count = REAL[kind], ctypes.c_int64
        matrix = ctypes.c_void_p, count
        factors_and_operands = real, *matrix, *matrix, real, *matrix
        call.argtypes = *[count] * 6, *factors_and_operands
        call.restype = None
    return call
