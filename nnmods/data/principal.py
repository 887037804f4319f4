"""Principal components: the directions in which data vary most."""

import numpy as np

from nnmods.data.moments import moments, slices


def covariance(x):
    """Return the mean sample, and the covariance of the features.

    ::

        mean   = average(x)
        matrix = average((x - mean) (x - mean).T)

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, ...)
        Not empty; D numbers in each sample.

    Returns
    -------
    mean : ndarray of float64, shaped like a sample
    matrix : ndarray of float64, shape (D, D)
        Entries that are not finite, or overflow, give nan or infinity, and no warning.

    Examples
    --------
    >>> covariance(np.array([[1, 7], [3, 7]], np.uint8))
    (array([2., 7.]), array([[1., 0.], [0., 0.]]))
    """
    mean, _ = moments(x)
    matrix = 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        for rows in slices(x):
            centred = (rows - mean).reshape(len(rows), -1)
            matrix = matrix + centred.T @ centred
        return mean, matrix / len(x)


def principal_components(matrix):
    """Return the eigenvalues of a covariance, largest first, and its eigenvectors.

    Parameters
    ----------
    matrix : ndarray of float64, shape (D, D)
        Symmetric.

    Returns
    -------
    variances : ndarray, shape (D,)
        At least 0.
    components : ndarray, shape (D, D)
        Rows of length 1, each with a largest entry that is positive: the sign does
        not depend on the machine.

    Examples
    --------
    >>> principal_components(np.array([[1.0, 0.0], [0.0, 4.0]]))
    (array([4., 1.]), array([[0., 1.], [1., 0.]]))
    """
    variances, vectors = np.linalg.eigh(matrix)
    components = vectors.T[::-1]
    largest = np.abs(components).argmax(axis=1)[:, None]
    signs = np.sign(np.take_along_axis(components, largest, axis=1))
    return np.maximum(variances[::-1], 0), components * signs
