"""CMinTable: the smallest of a table, entry by entry."""

import numpy as np

from nnmods.layers.table.extreme import Extreme


class CMinTable(Extreme):
    """Take the smallest of a table, place by place.

    ::

        y        = min(x[0], x[1], ...)
        dC_dx[i] = dC_dy where x[i] is the first smallest, else 0

    Of several equal entries the first gets the gradient. A NaN is smaller than any
    number.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    References
    ----------
    Torch7, ``nn.CMinTable``.

    Examples
    --------
    >>> x = [np.array([1.0, 5.0, 2.0]), np.array([4.0, 3.0, 2.0])]
    >>> CMinTable()(x)
    array([1., 3., 2.])
    """

    pick = np.minimum
