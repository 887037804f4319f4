"""Orthogonal: the nearest matrix with equal singular values, by products alone."""

import numpy as np

from nnmods.optim.norms import norm

#: Of the quintic whose slope at 0 is steep: it takes singular values from 0.01 up
#: to about 1 (between 0.7 and 1.2) in five rounds, not to 1 itself.
COEFFICIENTS = 3.4445, -4.7750, 2.0315


def squares(shape, dtype):
    """Return the two square matrices of scratch that `orthogonalise` needs."""
    n = min(shape)
    return np.empty((2, n, n), dtype)


def orthogonalise(matrix, rounds, eps, scratch, grams):
    """Return about ``U @ V.T`` for a matrix ``U @ S @ V.T``.

    ::

        x = matrix / max(|matrix|, eps)                      (Frobenius' norm)
        A = x @ x.T;  x = c1 * x + (c2 * A + c3 * A @ A) @ x    (in each round)

    Of a matrix with more rows than columns it is the transpose that goes through.

    Parameters
    ----------
    matrix : ndarray, shape (rows, columns)
        Contiguous; overwritten.
    rounds : int
    eps : float
    scratch : ndarray
        Contiguous, of the size of ``matrix``; the result is in it.
    grams : ndarray
        Of `squares`.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> x = np.diag([3.0, 1.0])
    >>> grams = squares(x.shape, x.dtype)
    >>> orthogonalise(x, 5, 1e-7, np.empty(4), grams).round(1)
    array([[0.8, 0. ],
           [0. , 1.1]])
    """
    c1, c2, c3 = COEFFICIENTS
    A, polynomial = grams
    tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.shape[::-1] if tall else matrix.shape
    x, product = scratch.reshape(wide), matrix.reshape(wide)
    size = max(norm(matrix), eps)
    np.divide(matrix.T if tall else matrix, size, out=x)
    for _ in range(rounds):
        np.matmul(x, x.T, out=A)
        np.matmul(A, A, out=polynomial)
        np.multiply(polynomial, c3, polynomial)
        np.add(polynomial, np.multiply(A, c2, A), polynomial)
        np.matmul(polynomial, x, out=product)
        np.add(np.multiply(x, c1, x), product, x)
    return x.T if tall else x
