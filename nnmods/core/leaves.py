"""Leaves: what stands in a nested table, in order."""

from nnmods.core.tables import is_table


def leaves(x):
    """Yield the entries of a nested table from left to right, or the one that x is.

    Examples
    --------
    >>> list(leaves([1, [2, [3], []], 4]))
    [1, 2, 3, 4]
    >>> list(leaves(5))
    [5]
    """
    if is_table(x):
        for entry in x:
            yield from leaves(entry)
    else:
        yield x
