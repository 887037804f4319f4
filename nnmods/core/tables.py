"""Tables: nested lists of arrays, as Torch7's tables, counted from 0."""

import numpy as np
from numpy import ndarray

from nnmods.core.arrays import check, name_of, reuse


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
        raise TypeError(
            f"{name_of(module)}: {argument} has {got}, expected a table (list)"
        )
    if length is not None and len(x) != length:
        raise ValueError(
            f"{name_of(module)}: {argument} has {len(x)} entries, expected {length}"
        )


def map_table(function, x, *others):
    """Return ``function`` of each array of a table, with those at its place in others.

    Examples
    --------
    >>> map_table(np.add, [1, [2, 3]], [10, [20, 30]])
    [np.int64(11), [np.int64(22), np.int64(33)]]
    """
    if is_table(x):
        return [
            map_table(function, *entries) for entries in zip(x, *others, strict=True)
        ]
    return function(x, *others)


def copied(x):
    """Return a copy of an array or table that shares no memory with it."""
    return map_table(lambda array: np.array(array, copy=True, order="K"), x)


def held(x):
    """Return what a container keeps of an argument: a table's entries, as a tuple.

    A caller who later changes entries of his list does not change what was computed.
    """
    if is_table(x):
        return tuple([entry if type(entry) is ndarray else held(entry) for entry in x])
    return x


def fits(got, x):
    """Tell whether both are arrays of numbers, of one shape: what a check need not see.

    Its words cost a few times as much as this.
    """
    return (
        type(got) is ndarray is type(x)
        and got.shape == x.shape
        and got.dtype.kind in "fiub"
    )


def check_like(module, argument, got, x):
    """Raise unless ``got`` is an array or table built and shaped like ``x``.

    Raises
    ------
    TypeError
        If an array stands where ``x`` has a table, or the other way round.
    ValueError
        If a length or shape is another one.
    """
    if fits(got, x):  # mostly
        return
    if not is_table(x):
        check(module, argument, got, getattr(x, "shape", (...,)))
        return
    check_table(module, argument, got, len(x))
    for i, (entry, wanted) in enumerate(zip(got, x, strict=True)):
        if not fits(entry, wanted):
            check_like(module, f"{argument}[{i}]", entry, wanted)


def check_equal_shapes(module, x):
    """Raise unless ``x`` is a table of one or more arrays of one shape, and return it.

    Raises
    ------
    TypeError
        If ``x`` is no table, or an entry no array of real numbers.
    ValueError
        If it is empty, or the shapes differ.
    """
    check_table(module, "x", x)
    if not x:
        raise ValueError(f"{name_of(module)}: x has 0 entries, expected at least 1")
    first, *others = x
    if not fits(first, first):
        check(module, "x[0]", first, (...,))
    for other in others:
        if not fits(other, first):
            break
    else:
        return first.shape
    for i, other in enumerate(x):
        check(module, f"x[{i}]", other, first.shape)
    return first.shape


def reuse_table(buffer, module, *terms):
    """Return `reuse` of a buffer for each array of tables alike, nested likewise.

    Parameters
    ----------
    buffer : ndarray, table or None
        The result of the last call.
    module : Module
        Whose dtype serves where all operands are integers.
    *terms : ndarray or table
        The operands.
    """
    if not is_table(terms[0]):
        buffer = None if is_table(buffer) else buffer
        return reuse(buffer, terms[0].shape, *terms, module=module)
    old = buffer if is_table(buffer) else []
    old = [*old, *[None] * len(terms[0])]
    entries = zip(*terms, strict=True)
    return [reuse_table(b, module, *e) for b, e in zip(old, entries, strict=False)]


def summed(module, total, terms):
    """Return the sum of arrays, or of tables alike, in ``total`` where it fits.

    Parameters
    ----------
    module : Module
        Whose buffer it is.
    total : ndarray, table or None
        What the last call returned: memory of the module's own. The terms are not.
    terms : list
        Of one or more arrays, or tables of the same build.

    Examples
    --------
    >>> from nnmods.core import Module
    >>> summed(Module(), None, [[np.ones(2), [np.ones(1)]]] * 3)
    [array([3., 3.]), [array([3.])]]
    """
    first = terms[0]
    if type(first) is ndarray and len(terms) == 2:  # mostly
        second = terms[1]
        total = total if type(total) is ndarray else None
        total = reuse(total, first.shape, first, second, module=module)
        return np.add(first, second, total)
    total = reuse_table(total, module, *terms)
    map_table(_add_up, total, *terms)
    return total


def _add_up(total, first, second=None, *others):
    if second is None:
        total[...] = first
        return
    np.add(first, second, out=total)
    for other in others:
        np.add(total, other, out=total)
