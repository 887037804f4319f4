"""Samples (N, D) and centres (K, D): which is nearest, and where to begin."""

import math

import numpy as np


def find_nearest(x, centres, nearest, dtype, work):
    """Write the centre next to each sample to ``nearest``, of equal ones the first.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    centres : ndarray, shape (K, D)
    nearest : ndarray of intp, shape (N,)
    dtype : numpy dtype
        In which to compute.
    work : Workspace

    Returns
    -------
    ndarray, shape (N,)
        The squared distances from these centres, in scratch memory.
    """
    apart = work("apart", x.shape, dtype)
    square, least = work("squares", (2, len(x)), dtype)
    closer = work("closer", (len(x),), np.bool_)
    nearest.fill(0)
    for k, centre in enumerate(centres):
        np.subtract(x, centre, out=apart)
        np.einsum("ni,ni->n", apart, apart, out=square if k else least)
        if k:
            np.less(square, least, out=closer)
            np.copyto(nearest, k, where=closer)
            np.minimum(least, square, out=least)
    return least


def choose_far_apart(x, p, rng, centres):
    """Let ``centres`` be samples of x that are far apart.

    The first is any; each of the others is one of the ceil((1 - p) N) samples that are
    farthest from all before it.
    """
    N = len(x)
    n_far = max(math.ceil((1 - p) * N), 1)
    centres[0] = x[rng.integers(0, N)]
    nearest = np.full(N, np.inf)
    for k in range(1, len(centres)):
        apart = np.square(x - centres[k - 1]).sum(axis=1)
        np.minimum(nearest, apart, out=nearest)
        far = np.argsort(-nearest, kind="stable")
        centres[k] = x[far[rng.integers(0, n_far)]]
