"""The means of Torch7's `LayerNormalization`: each subtracted from D entries in turn.

Of a batch (N, D) entry f of the memory, counted in C order, loses mean f % N.
"""

import numpy as np


def subtract_means(x, D, work):
    """Subtract from ``x``, vectors of length D in C order, their means; in place."""
    if x.size:
        served = _served(x, D)
        np.subtract(served, _means(x.reshape(-1, D), work), out=served)


def subtract_means_transposed(x, D, work):
    """Do what is the transpose of `subtract_means`, in place."""
    if x.size:
        rows = x.reshape(-1, D)
        np.subtract(rows, _means(_served(x, D), work), out=rows)


def _served(x, D):
    """Return the view (N, D) of ``x`` whose row n is what loses mean n."""
    return x.reshape(D, -1).T


def _means(rows, work):
    out = work("means", (len(rows), 1), rows.dtype)
    return np.mean(rows, axis=1, keepdims=True, out=out)
