"""CMaxTable: the largest of a table, entry by entry."""

import numpy as np

from nnmods.layers.table.extreme import Extreme


class CMaxTable(Extreme):
    """Take the largest of a table, place by place.

    ::

        y        = max(x[0], x[1], ...)
        dC_dx[i] = dC_dy where x[i] is the first largest, else 0

    Of several equal entries the first gets the gradient; in Max(), the lecture's, it is
    the last. A NaN is larger than any number.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    References
    ----------
    Torch7, ``nn.CMaxTable``.

    Examples
    --------
    >>> x = [np.array([1.0, 5.0, 2.0]), np.array([4.0, 3.0, 2.0])]
    >>> CMaxTable()(x)
    array([4., 5., 2.])
    """

    pick = np.maximum
