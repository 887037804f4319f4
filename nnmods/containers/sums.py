"""Sums of the gradients that came back from several children."""

import numpy as np

from nnmods.core import reuse
from nnmods.core.tables import is_table


def summed(module, total, terms):
    """Return the sum of arrays or of tables alike, in ``total`` where it fits.

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
    if is_table(first):
        if not is_table(total) or len(total) != len(first):
            total = [None] * len(first)
        return [
            summed(module, old, entries)
            for old, entries in zip(total, zip(*terms, strict=True), strict=True)
        ]
    total = reuse(
        None if is_table(total) else total, first.shape, *terms, module=module
    )
    if len(terms) == 1:
        total[...] = first
        return total
    np.add(first, terms[1], out=total)
    for i in range(2, len(terms)):
        np.add(total, terms[i], out=total)
    return total
