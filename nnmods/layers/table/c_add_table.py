"""CAddTable: the sum of a table, under Torch7's name."""

from nnmods.layers.table.summing import Summing


class CAddTable(Summing):
    """Sum the entries of a table: Torch7's name of Add.

    ::

        y        = x[0] + x[1] + ...
        dC_dx[i] = dC_dy                        (unchanged, the same array for all i)

    Parameters
    ----------
    inplace : bool, default=False
        Torch7's permission to write into x. Nothing here does: it changes nothing.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` is empty, its entries differ in shape, or ``dC_dy`` is not shaped like
        them.

    References
    ----------
    Torch7, ``nn.CAddTable``.

    Examples
    --------
    >>> import numpy as np
    >>> CAddTable()([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
    array([11., 22.])
    """

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = bool(inplace)

    def __repr__(self):
        return f"CAddTable({'inplace=True' if self.inplace else ''})"
