"""The diagonal of a Gauss-Newton matrix, by factors of the criterion's Hessian."""

import numpy as np

from nnmods.analysis.factors import factors
from nnmods.analysis.singles import Singles
from nnmods.core.progress import progress

#: Entries of single gradients that are held at a time, at most.
MOST = 1 << 24


def ggn_diagonal(at, cost):
    """Return it, one flat vector, of a network at one x and its cost there.

    ::

        H_C = S S^T,     G_ii = sum over the columns s of S of (J^T s)_i^2

    Where H_C has a block for each example, a column is one of each block, and the sum
    is that of the squared single gradients.
    """
    if cost.by_example:
        singles = Singles(at)
        if singles.fits and singles.axis == 0:  # examples are rows of y
            return _of_blocks(at, cost, singles)
    return _of_all(at, cost)


def _of_blocks(at, cost, singles):
    total = np.zeros(at.weights, at.dtype)
    columns, signs = factors(cost.blocks())
    shape = at.y.shape
    with progress(len(columns), " columns", delay=1) as bar:
        for column, sign in zip(columns, signs, strict=True):
            for part, grads in singles.parts(column.reshape(shape), MOST):
                weights = sign[part]
                squares = [np.einsum("n,nk->k", weights, g**2) for g in grads]
                total += np.concatenate(squares)
            bar.update()
    return total


def _of_all(at, cost):
    total = np.zeros(at.weights, at.dtype)
    # in float64, where rounding is negligible to `factors`: there may be many entries
    columns, signs = factors(cost.whole().astype(np.float64)[None])
    with progress(len(columns), " columns", delay=1) as bar:
        for column, sign in zip(columns[:, 0], signs[:, 0], strict=True):
            total += sign * at.gradient(column, False, True)[1] ** 2
            bar.update()
    return total
