"""Identity: y is x."""

from nnmods.core import LinearMap
from nnmods.core.tables import check_like


class Identity(LinearMap):
    """Pass everything through, an array or a table.

    ::

        y     = x
        dC_dx = dC_dy

    Nothing is copied: y is x itself, and dC_dx is dC_dy itself.

    Raises
    ------
    TypeError
        If ``x`` is neither an array of real numbers nor a table of such.
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    Examples
    --------
    >>> import numpy as np
    >>> Identity()(np.array([1.0, 2.0]))
    array([1., 2.])
    """

    def forward(self, x):
        check_like(self, "x", x, x)
        self.y = x
        return x

    def backward(self, x, dC_dy):
        check_like(self, "dC_dy", dC_dy, x)
        self.dC_dx = dC_dy
        return dC_dy

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        return super().jvp(x, dx)
