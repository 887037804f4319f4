"""Pairs: what modules of a table of two arrays ask of it."""

from nnmods.core.tables import check_equal_shapes, check_table


def check_pair(module, x):
    """Raise unless ``x`` is a table of two arrays of one shape, and return it."""
    check_table(module, "x", x, 2)
    return check_equal_shapes(module, x)
