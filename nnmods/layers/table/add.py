"""Add: the sum of a table."""

from nnmods.layers.table.summing import Summing


class Add(Summing):
    """Sum the entries of a table.

    ::

        y        = x[0] + x[1] + ...
        dC_dx[i] = dC_dy                        (unchanged, the same array for all i)

    Torch7's ``nn.Add``, a trainable bias, is called CAdd here.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays, or a size is given, as to Torch7's.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    Examples
    --------
    >>> import numpy as np
    >>> Add()([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
    array([11., 22.])
    """

    def __init__(self, *size):
        if size:
            raise TypeError("Add: takes no size; Torch7's nn.Add(size) is CAdd(size)")
        super().__init__()
