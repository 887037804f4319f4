"""Products with a sparse matrix, added to memory that is there already.

The matrix A, of N rows, holds in row n the numbers ``values[i]`` at the columns
``keys[i]``, for i from ``starts[n]`` to ``starts[n + 1] - 1``: the compressed rows of
`scipy.sparse.csr_array`. A key may occur more than once in a row, and its numbers add
up. SciPy's routines behind ``csr_array @ dense`` are called directly, since they add in
place: ten times as fast as `numpy.add.at`, and nothing is allocated.
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
    if not b.flags.c_contiguous:  # bring together the rows that are used
        used, keys = np.unique(keys, return_inverse=True)
        rows = work("used", (len(used), b.shape[1]), b.dtype)
        rows[...] = b[used]
        b = rows
    values, b = _cast(values, out, "values", work), _cast(b, out, "b", work)
    sums = out if out.flags.c_contiguous else work("sums", out.shape, out.dtype)
    if sums is not out:
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
    b : ndarray, shape (N, M)
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
    if not out.flags.c_contiguous:  # bring together the rows that are changed
        used, keys = np.unique(keys, return_inverse=True)
        sums = work("changed", (len(used), out.shape[1]), out.dtype)
        sums.fill(0)
    values, b = _cast(values, out, "values", work), _cast(b, out, "b", work)
    n, m = b.shape
    csc_matvecs(len(sums), n, m, starts, keys, values, b.ravel(), sums.ravel())
    if used is not None:
        out[used] += sums
    return out


def _cast(array, out, name, work):
    """Return ``array`` in the dtype of ``out`` and in C order."""
    if array.dtype == out.dtype and array.flags.c_contiguous:
        return array
    cast = work(f"cast {name}", array.shape, out.dtype)
    np.copyto(cast, array, casting="same_kind")
    return cast
