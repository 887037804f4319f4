"""GradientReversal: the identity, with the gradient turned round."""

import numpy as np

from nnmods.core.tables import map_table, reuse_table
from nnmods.layers.tools.passing import Passing


class GradientReversal(Passing):
    """Pass x on, and the gradient with the opposite sign.

    ::

        y     = x
        dC_dx = -lambd * dC_dy
        dy    = -lambd * dx                     (belongs to dC_dx, not to y)
        d2C_dx2 = lambd^2 * d2C_dy2             (likewise)

    What comes before then learns to make C large: features that do not tell the domain
    which they come from [1]_.

    Parameters
    ----------
    lambd : float, default=1
        How strong the reversed gradient is.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    .. [1] Y. Ganin, V. Lempitsky, "Unsupervised domain adaptation by backpropagation",
           ICML 2015; Torch7, ``nn.GradientReversal``, with ``lambda`` for ``lambd``.

    Examples
    --------
    >>> GradientReversal(0.5).backward(np.zeros(2), np.array([2.0, -4.0]))
    array([-1.,  2.])
    """

    def __init__(self, lambd=1):
        super().__init__()
        self.set_lambda(lambd)

    def set_lambda(self, lambd):
        """Set how strong the reversed gradient is, and return self."""
        self.lambd = 1.0 if lambd is None else float(lambd)
        return self

    def gradient(self, x, dC_dy):
        return self._times(-self.lambd, dC_dy, self.dC_dx)

    def direction(self, x, dx):
        return self._times(-self.lambd, dx, self._dy)

    def curvature(self, x, d2C_dy2, dC_dy):
        return self._times(self.lambd**2, d2C_dy2, self._d2C_dx2)

    def _times(self, factor, values, buffer):
        out = reuse_table(buffer, self, values)
        map_table(lambda a, b: np.multiply(a, factor, out=b), values, out)
        return out

    def __repr__(self):
        return f"GradientReversal({'' if self.lambd == 1 else self.lambd})"
