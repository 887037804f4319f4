"""Linear maps along an axis as matrix products, in bands.

Where outputs take their inputs one after the other, the matrix is a band: cut into
pieces of its rows, with the columns that these take, it is some products of small
matrices, ten zeros in each row or so. BLAS multiplies with all of them in less time
than ufuncs need to go over the arrays for each of two weights. A zero times an infinity
is NaN, though: what is not finite has to be mapped in another way.
"""

from functools import lru_cache
from math import isfinite, prod

import numpy as np

#: Rows or columns of a piece, at most.
BAND = 32
#: Entries behind the axis from which on products are quicker.
LEAST = 32
#: Entries of the larger array, the same.
LEAST_SIZE = 1 << 12
#: Entries behind the axis in one product: BLAS takes short ones where they are.
MOST = 512


def fits(axis_map, after, dtype):
    """Tell whether `multiply` suits a map, for ``after`` entries behind its axis."""
    several = len(axis_map.index) > 1 and not axis_map.window
    return several and after >= LEAST and dtype in (np.float32, np.float64)


def multiply(x, axis, axis_map, out):
    """Write ``x`` (C, *S, N), mapped along one axis, to ``out`` and return it."""
    source, target = _in_columns(x, axis), _in_columns(out, axis)
    for outputs, inputs, matrix in _bands(axis_map, out.dtype):
        np.matmul(matrix, source[..., inputs, :], out=target[..., outputs, :])
    return out


def all_finite(x):
    """Tell whether there is neither NaN nor infinity, nor a number with such a square.

    Examples
    --------
    >>> all_finite(np.array([1.0, -2.0])), all_finite(np.array([1.0, -np.inf]))
    (True, False)
    """
    vector = x.reshape(-1)
    return isfinite(np.vdot(vector, vector))


def _in_columns(x, axis):
    """Return a view (before, pieces, the axis, columns of a piece) of ``x``."""
    before, after = prod(x.shape[:axis]), prod(x.shape[axis + 1 :])
    columns = _columns(after)
    pieces = x.reshape(before, x.shape[axis], after // columns, columns)
    return pieces.transpose(0, 2, 1, 3)


@lru_cache(maxsize=256)
def _columns(after):
    """Return into how long pieces to cut so many columns, whole cache lines if any."""
    fitting = (n for n in range(16, MOST + 1, 16) if after % n == 0)
    return max(fitting, default=after)


@lru_cache(maxsize=256)
def _bands(axis_map, dtype):
    """Return pieces of the matrix: the slices of its rows and columns, and itself."""
    count, size = axis_map.count, axis_map.size
    matrix = np.zeros((count, size + 1))
    weights = axis_map.weights(np.dtype(np.float64), 1)
    for index, weight in zip(axis_map.index, weights, strict=True):
        np.add.at(matrix, (np.arange(count), index), weight)
    step = -(-count // -(-max(count, size) // BAND))
    bands = []
    for start in range(0, count, step):
        outputs = slice(start, min(start + step, count))
        taken = np.flatnonzero(matrix[outputs, :size].any(axis=0))
        inputs = slice(0, 0)
        if taken.size:
            inputs = slice(int(taken[0]), int(taken[-1]) + 1)
        bands.append((outputs, inputs, matrix[outputs, inputs].astype(dtype)))
    return tuple(bands)
