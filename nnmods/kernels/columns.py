"""Columns of products: runs of positions of an image, and products BLAS takes whole."""

from functools import lru_cache
from itertools import pairwise
from math import prod

import numpy as np

# Up to so many multiplications OpenBLAS takes a product as it is, without packing its
# operands first: twice as fast, if that leaves columns enough.
UNPACKED = 1_000_000
LEAST_UNPACKED = 128
# Columns of a product of few rows, which BLAS then takes unpacked.
WIDE = 2048
# With fewer rows a product does not pay for reading the columns again.
LEAST_ROWS = 8


def plain(array, dtype, work, name):
    """Return ``array`` in C order and of ``dtype``: itself, or a copy in scratch."""
    if array.flags.c_contiguous and array.dtype == dtype:
        return array
    copy = work(name, array.shape, dtype)
    np.copyto(copy, array)
    return copy


@lru_cache(maxsize=256)
def cut(count, most, lanes=1):
    """Cut the positions (*O, N) of an array in C order into runs of about ``most``.

    Parameters
    ----------
    count : tuple of int
    most : int
        Positions in a piece; only a single (n,) of the last axis may have more.
    lanes : int, default=1
        The number of pieces is a multiple of this, where an axis is so long.

    Returns
    -------
    tuple of (slice, tuple)
        The range of flat positions, and the index of the array. No piece is larger
        than the first.

    Examples
    --------
    >>> for columns, index in cut((4, 2), 6):
    ...     print(columns, index)
    slice(0, 4, None) (slice(0, 2, None),)
    slice(4, 8, None) (slice(2, 4, None),)
    """
    total = prod(count)
    if total == 0:
        return ((slice(0, 0), ()),)
    most = max(1, min(most, -(-total // lanes)))
    axis, inner = 0, prod(count[1:])  # cut along the first axis whose steps fit
    while inner > most and axis < len(count) - 1:
        axis += 1
        inner //= count[axis]
    length, shared = count[axis], prod(count[:axis]) % lanes == 0
    parts = parts_of(length, most // inner, 1 if shared else lanes)
    result = []
    for number, outer in enumerate(np.ndindex(count[:axis])):
        first = number * length
        for part in parts:
            flat = slice((first + part.start) * inner, (first + part.stop) * inner)
            result.append((flat, (*outer, part)))
    return tuple(result)


@lru_cache(maxsize=256)
def parts_of(length, most, lanes=1):
    """Return slices of a length, of at most so many entries but at least one.

    They are as many for each of ``lanes``, if there are entries enough, and as equal as
    can be; the first is one of the longest.

    Examples
    --------
    >>> parts_of(5, 3)
    (slice(0, 3, None), slice(3, 5, None))
    >>> len(parts_of(56, 8, lanes=2))
    8
    """
    pieces = -(-length // max(1, most))
    pieces = min(length, pieces + -pieces % lanes)
    edges = [-(-length * i // pieces) for i in range(pieces + 1)]
    return tuple(slice(*pair) for pair in pairwise(edges))


def goes_unpacked(multiplications):
    """Tell whether BLAS is to take products of so many for a column unpacked."""
    return 0 < multiplications * LEAST_UNPACKED <= UNPACKED


def unpacked_products(a, b, out):
    """Write the products of stacks of matrices to ``out``, for BLAS to take unpacked.

    The rows of ``a`` are cut into as many parts as that takes, of one length; where
    there are none, products go as they are.

    Parameters
    ----------
    a, b : ndarray, shapes (..., M, K) and (..., K, N)
    out : ndarray, shape (..., M, N)
    """
    (M, K), N = a.shape[-2:], b.shape[-1]
    parts = _parts(M, K * N)
    if parts > 1:
        a = a.reshape(*a.shape[:-2], parts, M // parts, K)
        out = out.reshape(*out.shape[:-2], parts, M // parts, N)
        b = b[..., None, :, :]
    np.matmul(a, b, out=out)


def wide_product(a, b, out):
    """Write the product of matrices with few rows and many columns to ``out``.

    Columns are cut into parts that BLAS takes unpacked. A product of (36, 9) with a
    (9, 16384) takes 150 microseconds in one, and 57 so where rows are no power of two
    apart in memory, as they all fall into a few lines of the cache otherwise.

    Parameters
    ----------
    a, b : ndarray, shapes (M, K) and (K, N)
    out : ndarray, shape (M, N)
        Rows of ``b`` and ``out`` are in one piece each.
    """
    whole = b.shape[1] - b.shape[1] % WIDE
    if whole:
        b_parts, out_parts = (
            rows[:, :whole].reshape(len(rows), -1, WIDE).swapaxes(0, 1)
            for rows in (b, out)
        )
        np.matmul(a, b_parts, out=out_parts)
    if whole < b.shape[1]:
        np.matmul(a, b[:, whole:], out=out[:, whole:])


@lru_cache(maxsize=256)
def _parts(rows, multiplications):
    """Return into how many parts rows of so many multiplications are cut."""
    least = -(-rows * multiplications // UNPACKED)
    most = rows // LEAST_ROWS
    return next((n for n in range(least, most + 1) if n and rows % n == 0), 1)
