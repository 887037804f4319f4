"""Weighted sums over neighbourhoods of odd size, with zeros beyond the edges.

They are correlations: tap k of K meets the entry k - K // 2 further on. The transposed
map is the correlation with the taps in reverse.
"""

import numpy as np


def correlate_along(x, taps, axis, out, work):
    """Write the correlation of ``x`` with ``taps`` along one axis into ``out``.

    ::

        out[i] = sum over k of taps[k] * x[i + k - len(taps) // 2]

    Parameters
    ----------
    x, out : ndarray
        Of one shape; ``out`` is not in the memory of ``x``.
    taps : sequence of float
        Of odd length.
    axis : int
    work : Workspace

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> correlate_along(np.arange(5.0), (1, 0, 2), 0, np.empty(5), Workspace())
    array([ 2.,  4.,  7., 10.,  3.])
    """
    centre, n = len(taps) // 2, x.shape[axis]
    np.multiply(x, taps[centre], out=out)
    before = (slice(None),) * axis
    for shift, tap in enumerate(taps, -centre):
        if shift and tap and abs(shift) < n:
            here = (*before, slice(max(0, -shift), n - max(0, shift)))
            there = (*before, slice(max(0, shift), n - max(0, -shift)))
            part, term = out[here], x[there]
            if tap != 1:
                product = work("product", x.shape, out.dtype)[here]
                term = np.multiply(term, tap, out=product)
            np.add(part, term, out=part)
    return out


def passes(kernel):
    """Return a kernel of two axes as pairs (column, row), whose outer products add up.

    One pair will do where the rows are multiples of one another; else each row is one.

    Examples
    --------
    >>> passes(np.array([[1.0, 2.0], [2.0, 4.0]]))
    [((0.5, 1.0), (2.0, 4.0))]
    >>> len(passes(np.eye(3)))
    3
    """
    top, left = np.unravel_index(np.argmax(np.abs(kernel)), kernel.shape)
    row = kernel[top]
    column = kernel[:, left] / row[left]
    error = np.abs(np.outer(column, row) - kernel).max()
    if error <= 4 * np.finfo(np.float64).eps * abs(row[left]):
        return [(tuple(column.tolist()), tuple(row.tolist()))]
    units = np.eye(len(kernel))
    return [
        (tuple(unit.tolist()), tuple(row.tolist()))
        for unit, row in zip(units, kernel, strict=True)
    ]


def transposed(pairs):
    """Return the pairs of the transposed map."""
    return [(column[::-1], row[::-1]) for column, row in pairs]


def local_sum(x, pairs, out, work):
    """Write the weighted sum around each place of ``x`` (H, W, N) into ``out``.

    ``pairs`` is what `passes` makes of the weights.
    """
    rows = work("rows", x.shape, out.dtype)
    columns = work("columns", x.shape, out.dtype)
    for i, (column, row) in enumerate(pairs):
        correlate_along(x, row, 1, rows, work)
        correlate_along(rows, column, 0, columns if i else out, work)
        if i:
            np.add(out, columns, out=out)
    return out
