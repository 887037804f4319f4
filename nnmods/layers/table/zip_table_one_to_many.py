"""ZipTableOneToMany: one entry paired with each entry of a table."""

from nnmods.core import LinearMap
from nnmods.core.tables import (
    check_like,
    check_table,
    map_table,
    reuse_table,
    summed,
)


class ZipTableOneToMany(LinearMap):
    """Pair one entry with each entry of a table.

    ::

        x           = [v, [a, b, ...]]
        y           = [[v, a], [v, b], ...]     (the entries themselves)
        dC_dx[0]    = dC_dy[0][0] + dC_dy[1][0] + ...
        dC_dx[1][i] = dC_dy[i][1]

    Raises
    ------
    TypeError
        If ``x`` is not a table, or its second entry none.
    ValueError
        If ``x`` has not two entries, or ``dC_dy`` is not a table like ``y``.

    References
    ----------
    Torch7, ``nn.ZipTableOneToMany``.

    Examples
    --------
    >>> import numpy as np
    >>> ZipTableOneToMany()([np.zeros(1), [np.ones(1), np.ones(2)]])
    [[array([0.]), array([1.])], [array([0.]), array([1., 1.])]]
    """

    def forward(self, x):
        self.y = self._pairs(x)
        return self.y

    def backward(self, x, dC_dy):
        check_like(self, "dC_dy", dC_dy, self._pairs(x))
        total, _ = self.dC_dx or (None, None)
        if dC_dy:
            total = summed(self, total, [first for first, _ in dC_dy])
        else:
            total = reuse_table(total, self, x[0])
            map_table(lambda array: array.fill(0), total)
        self.dC_dx = [total, [second for _, second in dC_dy]]
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)

    def _pairs(self, x):
        check_table(self, "x", x, 2)
        check_table(self, "x[1]", x[1])
        check_like(self, "x", x, x)
        return [[x[0], entry] for entry in x[1]]
