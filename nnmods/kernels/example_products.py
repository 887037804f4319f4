"""Products of each example's own matrices, and views of many arrays at once."""

import numpy as np


def example_products(a, b, out):
    """Write ``a[n].T @ b[n]`` of each example to ``out`` and return it.

    Parameters
    ----------
    a, b : ndarray, shapes (N, T, A) and (N, T, B)
        T rows of each example.
    out : ndarray, shape (N, A, B)

    Examples
    --------
    >>> a, b = np.array([[[1.0, 2.0]]]), np.array([[[3.0, 5.0]]])
    >>> example_products(a, b, np.empty((1, 2, 2)))
    array([[[ 3.,  5.],
            [ 6., 10.]]])
    """
    if a.shape[1] == 1:  # an outer product: a third of the time of a matmul
        pair = a[:, 0], b[:, 0]
        return np.einsum("na,nb->nab", *pair, out=out, casting="same_kind")
    return np.matmul(a.swapaxes(1, 2), b, out=out, casting="same_kind")


def of_each(view, arrays):
    """Return ``view(array)`` of each of some arrays (N, ...), as one view.

    Parameters
    ----------
    view : callable
        Returns a view of an array.
    arrays : ndarray, shape (N, ...)
        In C order.

    Examples
    --------
    >>> of_each(np.transpose, np.arange(12).reshape(2, 2, 3))[1].tolist()
    [[6, 9], [7, 10], [8, 11]]
    """
    one = np.empty(arrays.shape[1:], arrays.dtype)
    part = view(one)
    first = part.__array_interface__["data"][0] - one.__array_interface__["data"][0]
    shape = len(arrays), *part.shape
    steps = arrays.strides[0], *part.strides
    return np.ndarray(shape, arrays.dtype, arrays, first if arrays.size else 0, steps)


def product_sq_norms(a, b):
    """Return the squared norms of ``a[n].T @ b[n]``, (N,), the cheaper way.

    ::

        |a^T b|^2 = sum of (a a^T) * (b b^T)

    takes T^2 (A + B) products, against T A B to form ``a^T b``.

    Examples
    --------
    >>> product_sq_norms(np.array([[[1.0, 2.0]]]), np.array([[[3.0, 5.0]]]))
    array([170.])
    """
    N, T, A = a.shape
    B = b.shape[2]
    # Squares of integers would wrap in their own dtype.
    a, b = (c.astype(np.result_type(a, b), copy=False) for c in (a, b))
    if T == 1:
        a, b = a[:, 0], b[:, 0]
        return np.vecdot(a, a) * np.vecdot(b, b)
    if T * (A + B) < A * B:
        grams = [np.matmul(c, c.swapaxes(1, 2)) for c in (a, b)]
        return np.einsum("nst,nst->n", *grams)
    whole = np.matmul(a.swapaxes(1, 2), b).reshape(N, A * B)
    return np.einsum("nk,nk->n", whole, whole)
