"""Torch7's nn.utils: what is done to arrays and to nested tables of them alike."""

import numpy as np

from nnmods.core.tables import is_table, map_table


def recursive_type(x, dtype):
    """Return an array or table in another dtype, without a copy where it has it.

    Examples
    --------
    >>> recursive_type([np.ones(2), [np.ones(1)]], "float32")[1]
    [array([1.], dtype=float32)]
    """
    return map_table(lambda a: np.asarray(a).astype(dtype, copy=False), x)


def recursive_resize_as(buffer, like):
    """Return arrays shaped like ``like``: those of ``buffer`` where they fit.

    Their contents are undefined.
    """
    if is_table(like):
        old = [*(buffer if is_table(buffer) else ()), *[None] * len(like)]
        pairs = zip(old, like, strict=False)
        return [recursive_resize_as(b, entry) for b, entry in pairs]
    fits = isinstance(buffer, np.ndarray) and (buffer.shape, buffer.dtype) == (
        np.shape(like),
        like.dtype,
    )
    return buffer if fits else np.empty_like(like)


def recursive_fill(x, value):
    """Write a number to every entry, and return x."""
    map_table(lambda a: a.fill(value), x)
    return x


def recursive_add(x, other, scale=1):
    """Do ``x += scale * other`` entry by entry, in place, and return x.

    Examples
    --------
    >>> recursive_add([np.ones(2)], [np.ones(2)], 3)
    [array([4., 4.])]
    """
    map_table(lambda a, b: np.add(a, scale * b, out=a), x, other)
    return x


def recursive_copy(buffer, x):
    """Return x in memory of its own: that of ``buffer`` where it fits."""
    buffer = recursive_resize_as(buffer, x)
    map_table(np.copyto, buffer, x)
    return buffer


def add_singleton_dimension(x, axis=0):
    """Return a view of x with one more axis, of length 1."""
    return np.expand_dims(x, axis)


def contiguous_view(x, *shape):
    """Return x in another shape: a view where it is contiguous, else a copy."""
    return np.ascontiguousarray(x).reshape(*shape)


def clear(module, *names):
    """Drop attributes that hold results, and return the module.

    Parameters
    ----------
    module : object
    *names : str
        Those that it does not have are passed over; the others become None.
    """
    for name in names:
        if hasattr(module, name):
            setattr(module, name, None)
    return module
