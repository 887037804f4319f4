"""Products with a sparse matrix, added to memory that is there already.

The matrix A, of N rows, holds in row n the numbers ``values[i]`` at the columns
``keys[i]``, for i from ``starts[n]`` to ``starts[n + 1] - 1``: the compressed rows of
`scipy.sparse.csr_array`. A key may occur more than once in a row, and its numbers add
up. SciPy's routines behind ``csr_array @ dense`` are called directly, since they add in
place: ten times as fast as `numpy.add.at`. They want rows in C order. Of dense matrices
in another order scratch memory holds a copy, or, where few of many rows have a key,
these rows are brought together, the one thing here that takes new memory.
"""

import numpy as np


def add_product(starts, keys, values, b, out, work):
    """Add ``A @ b`` to ``out`` and return it.

    Parameters
    ----------
    starts : ndarray of intp, shape (N + 1,)
    keys : ndarray of intp
    values : ndarray, shaped like ``keys``
    b : ndarray, shape (K, M)
    out : ndarray, shape (N, M)
    work : Workspace

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> starts, keys = np.array([0, 2, 3]), np.array([0, 2, 2])
    >>> b, out = np.array([[1.0], [10.0], [100.0]]), np.zeros((2, 1))
    >>> add_product(starts, keys, np.array([1.0, 2.0, 3.0]), b, out, Workspace())
    array([[201.],
           [300.]])
    """
    from scipy.sparse._sparsetools import csr_matvecs

    if not out.size or not len(keys):
        return out
    if not b.flags.c_contiguous and _is_long(b, keys):  # just the rows that are used
        used, keys = np.unique(keys, return_inverse=True)
        b = np.ascontiguousarray(b[used])
    values, b = _cast(values, out, "cast values", work), _cast(b, out, "cast b", work)
    sums = out
    if not out.flags.c_contiguous:
        sums = work("sums by sample", out.shape, out.dtype)
        sums.fill(0)
    n, m = out.shape
    csr_matvecs(n, len(b), m, starts, keys, values, b.ravel(), sums.ravel())
    if sums is not out:
        out += sums
    return out


def add_transposed_product(starts, keys, values, b, out, work):
    """Add ``A.T @ b`` to ``out`` and return it: rows of ``b`` go to the rows ``keys``.

    Parameters
    ----------
    starts : ndarray of intp, shape (N + 1,)
    keys : ndarray of intp
    values : ndarray, shaped like ``keys``
    b : ndarray, shape (..., M), of N rows
    out : ndarray, shape (K, M)
    work : Workspace

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> starts, keys = np.array([0, 2, 3]), np.array([0, 2, 2])
    >>> b, out = np.array([[1.0], [10.0]]), np.zeros((3, 1))
    >>> values = np.array([1.0, 2.0, 3.0])
    >>> add_transposed_product(starts, keys, values, b, out, Workspace()).tolist()
    [[1.0], [0.0], [32.0]]
    """
    from scipy.sparse._sparsetools import csc_matvecs

    if not out.size or not len(keys):
        return out
    sums, used = out, None
    if not out.flags.c_contiguous:
        if _is_long(out, keys):  # just the rows that are changed
            used, keys = np.unique(keys, return_inverse=True)
            sums = np.zeros((len(used), out.shape[1]), out.dtype)
        else:
            sums = work("sums by key", out.shape, out.dtype)
            sums.fill(0)
    values, b = _cast(values, out, "cast values", work), _cast(b, out, "cast b", work)
    n, m = len(starts) - 1, out.shape[1]
    csc_matvecs(len(sums), n, m, starts, keys, values, b.ravel(), sums.ravel())
    if used is not None:
        out[used] += sums
    elif sums is not out:
        out += sums
    return out


def range_of(n, work):
    """Return 0, 1, ..., n."""
    known = scratch(work, "range", n + 1, np.intp, fill=-1)
    if known[-1] != n:
        known[...] = np.arange(n + 1)
    return known


def scratch(work, name, n, dtype, fill=None):
    """Return scratch memory of n numbers, which is kept until n passes a power of 2.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> work = Workspace()
    >>> scratch(work, "keys", 7, np.intp).base is scratch(work, "keys", 5, np.intp).base
    True
    """
    return work(name, (1 << max(n - 1, 0).bit_length(),), dtype, fill)[:n]


def _is_long(array, keys):
    """Tell whether most rows of ``array`` are at none of the keys."""
    return len(array) > 4 * len(keys)


def _cast(array, out, name, work):
    """Return ``array`` in the dtype of ``out`` and in C order."""
    if array.dtype == out.dtype and array.flags.c_contiguous:
        return array
    cast = scratch(work, name, array.size, out.dtype).reshape(array.shape)
    np.copyto(cast, array, casting="same_kind")
    return cast
