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


def real_size(x):
    """Return the number of real entries, which are what `like` takes."""
    return sum(array.size for array in real(arrays_of(x), x))


def real_entries(values, x, dtype):
    """Return the entries of values whose counterparts in x are real, as a vector.

    Where it has another length than they have, a ValueError is raised.
    """
    return entries_of(real(arrays_of(values), x), dtype).reshape(real_size(x))


def entries_of(x, dtype):
    """Return a copy of the entries of an array, or of a table's one after another."""
    parts = [np.ravel(array) for array in arrays_of(x)]
    return np.concatenate(parts, dtype=dtype) if parts else np.zeros(0, dtype)


def as_double(value):
    """Return an array of real numbers in float64, and anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return value


def like(x, flat, dtype):
    """Return the entries of a vector as arrays like those of x; 0 for indices.

    ``flat`` None stands for zeros. All arrays have the one dtype.

    Examples
    --------
    >>> like([np.zeros(2), np.arange(1), np.zeros((1, 1))], np.arange(3.0), "f8")
    [array([0., 1.]), array([0.]), array([[2.]])]
    """
    place = 0

    def take(array):
        nonlocal place
        if is_table(array):
            return [take(entry) for entry in array]
        array = np.asarray(array)
        if flat is None or array.dtype.kind != "f":
            return np.zeros(array.shape, dtype)
        part = flat[place : place + array.size]
        place += array.size
        return part.reshape(array.shape).astype(dtype, copy=False)

    return take(x)


def agree(a, b):
    """Tell whether two arrays or tables are equal up to sums in another order.

    That is, to the rounding unit to the power 3/4, as a share of the largest entry:
    2e-12 in float64, 6e-6 in float32. A nan or inf is equal to its like alone, and
    integers are equal exactly.
    """
    if is_table(a):
        return len(a) == len(b) and all(map(agree, a, b))
    if a.shape != b.shape:
        return False
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    finite = np.isfinite(a) & np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    allowed = np.finfo(a.dtype).eps ** 0.75 * np.max(np.abs(b), initial=0.0)
    return bool(np.max(np.abs(a - b), initial=0.0) <= allowed)


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
