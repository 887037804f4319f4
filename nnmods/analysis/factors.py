"""Factors: symmetric matrices as sums of squares with signs."""

import numpy as np

#: Eigenvalues below this share of the largest are rounding.
NEGLIGIBLE = 1e-14


def factors(blocks):
    """Return S and signs with ``blocks[n] = sum_k signs[k, n] S[k, n] S[k, n]^T``.

    Parameters
    ----------
    blocks : ndarray, shape (N, K, K)
        Symmetric matrices.

    Returns
    -------
    S : ndarray, shape (r, N, K)
        Columns that are 0 in all blocks are left out.
    signs : ndarray, shape (r, N)
        1, -1 where an eigenvalue is negative, or 0.

    Examples
    --------
    >>> S, signs = factors(np.array([[[2.0, 0.0], [0.0, -3.0]]]))
    >>> np.einsum("kn,kni,knj->nij", signs, S, S).round(12)
    array([[[ 2.,  0.],
            [ 0., -3.]]])
    """
    symmetric = (blocks + np.swapaxes(blocks, 1, 2)) / 2
    known = np.isfinite(symmetric).all(axis=(1, 2))
    symmetric[~known] = 0  # the eigenvalues of nan are nan, which eigh refuses to say
    values, vectors = np.linalg.eigh(symmetric)  # (N, K), columns of (N, K, K)
    least = NEGLIGIBLE * np.max(np.abs(values), initial=0.0)
    values[~known] = np.nan
    signs = np.sign(values) * (np.abs(values) > least)
    S = np.swapaxes(vectors * np.sqrt(np.abs(values))[:, None, :], 1, 2)  # (N, K, K)
    kept = signs.any(axis=0)
    return np.moveaxis(S, 1, 0)[kept], signs.T[kept].astype(blocks.dtype)
