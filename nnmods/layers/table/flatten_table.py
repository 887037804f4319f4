"""FlattenTable: a nested table as a flat one."""

from nnmods.core import LinearMap
from nnmods.core.leaves import leaves
from nnmods.core.tables import check_like, check_table, is_table


class FlattenTable(LinearMap):
    """Put the arrays of a nested table into one flat table.

    ::

        x     = [a, [b, [c], []], d]
        y     = [a, b, c, d]                    (the arrays themselves)
        dC_dx = [dC_dy[0], [dC_dy[1], [dC_dy[2]], []], dC_dy[3]]

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``dC_dy`` does not have an array for each of ``x``, shaped like it.

    References
    ----------
    Torch7, ``nn.FlattenTable``.

    Examples
    --------
    >>> import numpy as np
    >>> FlattenTable()([np.zeros(1), [np.ones(1), [np.ones(2)]]])
    [array([0.]), array([1.]), array([1., 1.])]
    """

    def forward(self, x):
        self.y = self._arrays(x)
        return self.y

    def backward(self, x, dC_dy):
        check_like(self, "dC_dy", dC_dy, self._arrays(x))
        self.dC_dx = _nested(x, iter(dC_dy))
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _arrays(self, x):
        check_table(self, "x", x)
        check_like(self, "x", x, x)
        return list(leaves(x))


def _nested(like, arrays):
    """Return a table nested like another one, of arrays one after another."""
    return [
        _nested(entry, arrays) if is_table(entry) else next(arrays) for entry in like
    ]
