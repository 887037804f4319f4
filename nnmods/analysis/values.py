"""Values: what is asked of the arrays that go through a network."""

import math

import numpy as np

from nnmods.core.tables import is_table


def arrays_of(x):
    """Return a list of the arrays of a table, or of the one array.

    A None, as a module may return for what has no gradient, is left out.
    """
    if is_table(x):
        return [array for entry in x for array in arrays_of(entry)]
    return [] if x is None else [np.asarray(x)]


def shapes(x):
    """Return the shape of an array, or a list of those of a table, nested likewise."""
    return [shapes(entry) for entry in x] if is_table(x) else np.shape(x)


def real(arrays, x):
    """Return those arrays whose counterpart in x holds real numbers, not indices.

    All of them, where the two are not alike: a module may take x apart otherwise.
    """
    counterparts = arrays_of(x)
    if len(counterparts) != len(arrays):
        return arrays
    pairs = zip(arrays, counterparts, strict=True)
    return [array for array, other in pairs if other.dtype.kind == "f"]


def vector(arrays):
    """Return the entries of all arrays, one after another, in float64."""
    parts = [np.ravel(array).astype(np.float64) for array in arrays]
    return np.concatenate(parts) if parts else np.zeros(0)


def is_finite(arrays):
    """Tell whether no array holds nan or inf."""
    return all(bool(np.isfinite(array).all()) for array in arrays)


def norm(arrays):
    """Return the root of the sum of squares of all entries.

    It is nan if there is a nan, and otherwise inf if there is an inf. Entries whose
    squares are beyond the range of numbers are none: 1e-200 has a norm.
    """
    largest = 0.0
    for array in arrays:
        if array.size:
            largest = np.maximum(largest, np.abs(array).max())  # keeps a nan
    largest = float(largest)
    if largest == 0 or not math.isfinite(largest):
        return largest
    squares = 0.0
    for array in arrays:
        scaled = array.astype(np.float64) / largest
        squares += float(np.vdot(scaled, scaled))
    return largest * math.sqrt(squares)


def joined(a, b):
    """Return the norm of two parts that have norms a and b; None is no part."""
    if a is None or b is None:
        return b if a is None else a
    return math.nan if math.isnan(a) or math.isnan(b) else math.hypot(a, b)


def extent(arrays):
    """Return the smallest and the largest entry, or None if there is none."""
    arrays = [array for array in arrays if array.size]
    if not arrays:
        return None
    low, high = np.min([a.min() for a in arrays]), np.max([a.max() for a in arrays])
    return [float(low), float(high)]


def are_whole(arrays):
    """Tell whether all entries are whole numbers, as indices are."""
    return all(bool((array == np.floor(array)).all()) for array in arrays)
