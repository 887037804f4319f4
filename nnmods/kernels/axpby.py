"""Scaled sums of two vectors, added by BLAS in one pass where NumPy takes two.

In blocks of some hundred kilobytes a step of SGD on a million float32 takes NumPy 145
microseconds and BLAS 95, and on ten millions 3.0 and 1.9 milliseconds. OpenBLAS's own
``axpby`` would save another pass, but takes three times as long in some releases.
"""

import ctypes
from functools import lru_cache

import numpy as np

from nnmods.kernels.blas import REAL, hold, routine
from nnmods.kernels.threads import get_num_threads

#: Entries from which on BLAS is quicker: calling it takes half a microsecond longer.
LEAST = 1 << 14


def axpby(alpha, x, beta, y, scratch):
    """Write ``alpha * x + beta * y`` to ``y``.

    What is multiplied by 0 may count as 0, though it be infinite or NaN.

    Parameters
    ----------
    alpha, beta : float, or 0-d ndarray of `number`
        NumPy prepares a float again in each call: what stays is better a `number`.
    x, y, scratch : ndarray
        Of one shape and dtype; ``y`` shares no memory with the others.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    >>> axpby(3, x, 0.5, y, np.empty(2))
    >>> y
    array([ 8., 16.])
    """
    if _is_not_one(beta):
        np.multiply(y, beta, y)
    if _is_not_one(alpha):
        if y.size >= LEAST and _added_by_blas(alpha, x, y):
            return
        x = np.multiply(x, alpha, scratch)
    np.add(y, x, y)


def _is_not_one(factor):
    return factor.__class__ is np.ndarray or factor != 1  # arrays compare slowly


def _added_by_blas(alpha, x, y):
    """Add ``alpha * x`` to ``y`` if BLAS can, and tell whether it could."""
    kind = y.dtype.char
    call = _routine(kind)
    if call is None or x.dtype != y.dtype or not y.dtype.isnative:
        return False
    real = REAL[kind]
    try:
        first_x, first_y = real.from_buffer(x), real.from_buffer(y)
    except TypeError:  # apart in memory, or not to be written to
        return False
    call(y.size, float(alpha), first_x, 1, first_y, 1)
    return True


@lru_cache(maxsize=8)
def _routine(kind):
    call = routine("axpy", kind)
    if call is not None:
        real, count = REAL[kind], ctypes.c_int64
        vector = ctypes.POINTER(real), count
        call.argtypes = (count, real, *vector, *vector)
        call.restype = None
        if get_num_threads() > 1:  # it would share long vectors among its threads
            hold()
    return call


@lru_cache(maxsize=64)
def number(value, kind):
    """Return a setting as a 0-d array of a dtype, given by its ``char``.

    NumPy takes a third of a microsecond to make one of a Python float, in each call.

    Examples
    --------
    >>> number(0.5, "f")
    array(0.5, dtype=float32)
    """
    array = np.array(value, kind)
    array.flags.writeable = False
    return array
