"""Moments of large arrays, in float64, a slice of samples at a time."""

import numpy as np

CHUNK = 1 << 20  # entries that are held in float64 at a time


def moments(x, trailing=0):
    """Return mean and variance over the first axis, and over the last ``trailing``.

    ::

        mean = first + average(x - first)
        var  = average((x - mean)**2)

    where ``first`` is the first entry averaged over: a constant minus itself is 0
    without rounding, so that its mean is exact and its variance 0.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, ...)
        With at least one entry to average over.
    trailing : int, default=0
        Number of further axes, the last ones, that are averaged over.

    Returns
    -------
    mean, var : ndarray of float64
        Shaped like the other axes. Entries that are not finite, or overflow, give nan
        or infinity, and no warning.

    Examples
    --------
    >>> moments(np.array([[1, 7], [3, 7]], np.uint8))
    (array([2., 7.]), array([1., 0.]))
    """
    first = np.asarray(x[(0, ..., *[0] * trailing)], np.float64)
    wide = (*first.shape, *[1] * trailing)
    with np.errstate(invalid="ignore", over="ignore"):
        origin = first.reshape(wide)
        mean = first + _average(x, trailing, lambda b: b - origin)
        center = mean.reshape(wide)
        var = _average(x, trailing, lambda b: np.square(b - center))
    return mean, var


def _average(x, trailing, function):
    """Return the average of ``function`` of the entries, which gives float64."""
    axes = (0, *range(x.ndim - trailing, x.ndim))
    total = 0.0
    for rows in slices(x):
        total = total + function(rows).sum(axis=axes)
    return np.asarray(total) / np.prod([x.shape[axis] for axis in axes])


def slices(x):
    """Yield a few samples after another, of no more than CHUNK entries."""
    rows = max(1, CHUNK * len(x) // max(1, x.size))
    for start in range(0, len(x), rows):
        yield x[start : start + rows]
