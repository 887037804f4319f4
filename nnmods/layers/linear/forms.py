"""The sums of a bilinear form: ``a`` (N, A) and ``b`` (N, B) by a weight (K, A, B).

The weight is taken as (A, K, B), so that a product with all of it is one of matrices.
"""

import numpy as np

from nnmods.kernels.products import product


def by_first(weight, work):
    """Return a weight (K, A, B) as (A, K, B), in scratch memory."""
    K, A, B = weight.shape
    turned = work("by first", (A, K, B), weight.dtype)
    turned[...] = weight.transpose(1, 0, 2)
    return turned


def half(a, weight, dtype, work):
    """Return sum_i a[n, i] weight[i, k, j], (N, K, B), in scratch memory."""
    N, (A, K, B) = len(a), weight.shape
    sums = work("half", (N, K * B), dtype)
    return product(a, weight.reshape(A, K * B), sums).reshape(N, K, B)


def form(a, weight, b, out, work):
    """Write sum_ij a[n, i] weight[i, k, j] b[n, j] to ``out`` (N, K) and return it.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> a, b, weight = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.eye(2)
    >>> form(a, weight[:, None], b, np.empty((1, 1)), Workspace())
    array([[11.]])
    """
    sums = half(a, weight, out.dtype, work)
    np.matmul(sums, b[:, :, None], out=out[:, :, None], casting="same_kind")
    return out


def outer(c, b, dtype, work):
    """Return c[n, k] b[n, j], (N, K * B), in scratch memory."""
    N, K, B = len(c), c.shape[1], b.shape[1]
    products = work("outer", (N, K, B), dtype)
    np.multiply(c[:, :, None], b[:, None], out=products, casting="same_kind")
    return products.reshape(N, K * B)
