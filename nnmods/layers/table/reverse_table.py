"""ReverseTable: a table from its end to its beginning."""

from nnmods.core import LinearMap
from nnmods.core.tables import check_like, check_table


class ReverseTable(LinearMap):
    """Reverse the order of a table.

    ::

        y     = x[::-1]                         (the entries themselves)
        dC_dx = dC_dy[::-1]

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``dC_dy`` is not a table like ``y``.

    References
    ----------
    Torch7, ``nn.ReverseTable`` of the package dpnn.

    Examples
    --------
    >>> import numpy as np
    >>> ReverseTable()([np.zeros(2), np.ones(1)])
    [array([1.]), array([0., 0.])]
    """

    def forward(self, x):
        check_table(self, "x", x)
        check_like(self, "x", x, x)
        self.y = list(x[::-1])
        return self.y

    def backward(self, x, dC_dy):
        check_table(self, "x", x)
        check_like(self, "dC_dy", dC_dy, x[::-1])
        self.dC_dx = list(dC_dy[::-1])
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)
