"""Leaves: the arrays of a nested table, in order."""

from nnmods.core.tables import is_table


def leaves(x):
    """Yield the arrays of a table, depth first.

    Examples
    --------
    >>> list(leaves([1, [2, [3], []], 4]))
    [1, 2, 3, 4]
    """
    for entry in x:
        if is_table(entry):
            yield from leaves(entry)
        else:
            yield entry
