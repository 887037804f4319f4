"""Checks of tables against the tables they belong to."""

from nnmods.core.arrays import check
from nnmods.core.tables import check_table, is_table


def check_like(module, argument, got, x):
    """Raise unless ``got`` is an array or table built and shaped like ``x``.

    Raises
    ------
    TypeError
        If an array stands where ``x`` has a table, or the other way round.
    ValueError
        If a length or shape is another one.
    """
    if not is_table(x):
        check(module, argument, got, getattr(x, "shape", (...,)))
        return
    check_table(module, argument, got, len(x))
    for i, (entry, wanted) in enumerate(zip(got, x, strict=True)):
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
        raise ValueError(f"{module!r}: x has 0 entries, expected at least 1")
    check(module, "x[0]", x[0], (...,))
    shape = x[0].shape
    for i in range(1, len(x)):
        check(module, f"x[{i}]", x[i], shape)
    return shape
