"""ZeroGrad: the identity, without a gradient."""

from nnmods.core.tables import map_table, reuse_table
from nnmods.layers.tools.passing import Passing


class ZeroGrad(Passing):
    """Pass x on, an array or a table, and a gradient of 0.

    ::

        y     = x
        dC_dx = 0
        dy    = 0                               (belongs to dC_dx, not to y)

    What comes before does not learn from what comes after.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.ZeroGrad``.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroGrad().backward(np.ones(2), np.array([5.0, 6.0]))
    array([0., 0.])
    """

    def gradient(self, x, dC_dy):
        return self._zeros(self.dC_dx, x, dC_dy)

    def direction(self, x, dx):
        return self._zeros(self._dy, x, dx)

    def curvature(self, x, d2C_dy2, dC_dy):
        return self._zeros(self._d2C_dx2, x, d2C_dy2)

    def _zeros(self, buffer, x, values):
        out = reuse_table(buffer, self, x, values)
        map_table(lambda array: array.fill(0), out)
        return out
