"""Columns of a convolution: the windows of an image as a matrix, a chunk at a time.

Everything here works on a ``view`` that `nnmods.kernels.windows.windows` gives, of
shape (C, *K, *O, N): its columns are the flat (o, n), its rows the flat (c, k).
"""

from functools import lru_cache
from math import prod

import numpy as np

from nnmods.kernels.threads import lanes_for

# Columns of a chunk are written, multiplied and forgotten: they should not leave the
# second-level cache, which has 1 to 2 MB on the machines of today.
CHUNK_BYTES = 1 << 20
# Each product reads the whole weight: fewer columns would not be worth that.
MIN_COLUMNS = 256
# Up to so many multiplications OpenBLAS takes a product as it is, without packing its
# operands first: twice as fast, if that leaves columns enough.
UNPACKED = 1_000_000
LEAST_UNPACKED = 128
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
def cut(count, most, lanes=1, leading=0):
    """Cut the positions (*O, N) of an array in C order into runs of about ``most``.

    Parameters
    ----------
    count : tuple of int
    most : int
        Positions in a piece; only a single (n,) of the last axis may have more.
    lanes : int, default=1
        The least number of pieces, where there are so many positions.
    leading : int, default=0
        Axes of the array before those of the positions.

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
    every, total = (slice(None),) * leading, prod(count)
    if total == 0:
        return ((slice(0, 0), every),)
    most = max(1, min(most, -(-total // lanes)))
    axis, inner = 0, prod(count[1:])  # cut along the first axis whose steps fit
    while inner > most and axis < len(count) - 1:
        axis += 1
        inner //= count[axis]
    length = count[axis]
    pieces = -(-length // max(1, most // inner))
    step = -(-length // pieces)
    result = []
    for number, outer in enumerate(np.ndindex(count[:axis])):
        for start in range(0, length, step):
            stop = min(start + step, length)
            first = number * length
            flat = slice((first + start) * inner, (first + stop) * inner)
            result.append((flat, (*every, *outer, slice(start, stop))))
    return tuple(result)


def chunks_of(view, lanes, channels=None):
    """Return ranges of columns, each with the index of its part of ``view``.

    They are for products with a matrix (channels, Ci * K), where that is given.
    """
    axes = view.ndim // 2  # C and K; then O and N
    rows = prod(view.shape[:axes])
    most = max(MIN_COLUMNS, CHUNK_BYTES // max(1, rows * view.itemsize))
    if channels is not None and goes_unpacked(rows * channels):
        most = min(most, UNPACKED // (rows * channels))
    return cut(view.shape[axes:], most, lanes, axes)


def goes_unpacked(multiplications):
    """Tell whether BLAS is to take products of so many for a column unpacked."""
    return 0 < multiplications * LEAST_UNPACKED <= UNPACKED


def lanes_of_products(multiplications, columns):
    """Return among how many lanes products with columns should be shared.

    Unpacked ones take some ten microseconds: lanes would wait for the interpreter most
    of the time, and two took half as long again as one (16 channels, 3 x 3).
    """
    if goes_unpacked(multiplications):
        return 1
    return lanes_for(products=multiplications * columns)


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


@lru_cache(maxsize=256)
def _parts(rows, multiplications):
    """Return into how many parts rows of so many multiplications are cut."""
    least = -(-rows * multiplications // UNPACKED)
    most = rows // LEAST_ROWS
    return next((n for n in range(least, most + 1) if n and rows % n == 0), 1)


def column_scratch(view, chunks, work, name, ones=False, rows=None):
    """Return scratch for the columns of the largest chunk, or for so many rows."""
    rows = prod(view.shape[: view.ndim // 2]) if rows is None else rows
    width = chunks[0][0].stop if chunks else 0
    return work(name, ((rows + ones) * width,), view.dtype)


def columns_in(view, index, memory, ones=False):
    """Return the matrix (Ci * K, columns) of one chunk, with ``ones`` in a last row.

    It is a view where the image itself is the matrix, as for 1x1 kernels, else a copy
    in ``memory``.
    """
    part = view[index]
    rows = prod(view.shape[: view.ndim // 2])
    if not ones and view.flags.c_contiguous:
        try:
            return np.reshape(part, (rows, -1), copy=False)
        except ValueError:
            pass
    np.copyto(memory[: part.size].reshape(part.shape), part)
    width = part.size // max(rows, 1)
    end = part.size + ones * width
    memory[part.size : end] = 1
    return memory[:end].reshape(rows + ones, width)
