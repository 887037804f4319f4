"""Tables: nested lists of arrays, as Torch7's tables, counted from 0."""

import numpy as np


def is_table(x):
    """Tell whether ``x`` is a table: a list or a tuple."""
    return isinstance(x, (list, tuple))


def check_table(module, argument, x, length=None):
    """Raise unless ``x`` is a table, of ``length`` entries where that is given.

    Raises
    ------
    TypeError
        If ``x`` is no list or tuple.
    ValueError
        If its length is another one.
    """
    if not isinstance(x, (list, tuple)):
        got = f"shape {x.shape}" if hasattr(x, "shape") else f"type {type(x).__name__}"
        raise TypeError(f"{module!r}: {argument} has {got}, expected a table (list)")
    if length is not None and len(x) != length:
        raise ValueError(
            f"{module!r}: {argument} has {len(x)} entries, expected {length}"
        )


def map_table(function, x, *others):
    """Return ``function`` of each array of a table, with those at its place in others.

    Examples
    --------
    >>> map_table(np.add, [1, [2, 3]], [10, [20, 30]])
    [np.int64(11), [np.int64(22), np.int64(33)]]
    """
    if is_table(x):
        return [map_table(function, *entries) for entries in zip(x, *others)]
    return function(x, *others)


def copied(x):
    """Return a copy of an array or table that shares no memory with it."""
    return map_table(lambda array: np.array(array, copy=True, order="K"), x)


def held(x):
    """Return what a container keeps of an argument: a table's entries, as a tuple.

    A caller who later changes entries of his list does not change what was computed.
    """
    return tuple(map(held, x)) if is_table(x) else x


def add_into(total, x):
    """Return ``total + x`` for arrays or tables, written into ``total``.

    ``total`` is memory of the caller's own, from `reuse_table`.
    """
    return map_table(lambda a, b: np.add(a, b, out=a), total, x)


def reuse_table(buffers, x):
    """Return a table of arrays shaped like those of ``x``, ``buffers`` where they fit.

    Its contents are undefined.
    """
    if is_table(x):
        old = buffers if is_table(buffers) else ()
        old = [*old[: len(x)], *[None] * (len(x) - len(old))]
        return [reuse_table(b, entry) for b, entry in zip(old, x, strict=True)]
    if (
        isinstance(buffers, np.ndarray)
        and buffers.shape == x.shape
        and buffers.dtype == x.dtype
    ):
        return buffers
    return np.empty_like(x, subok=False)
