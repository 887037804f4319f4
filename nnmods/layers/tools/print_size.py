"""PrintSize: the identity, which prints shapes."""

import numpy as np

from nnmods.core.tables import map_table
from nnmods.layers.tools.passing import Passing


class PrintSize(Passing):
    """Pass everything through, and print the shapes that come by.

    ::

        y     = x                               prints the shape of x
        dC_dx = dC_dy                           prints the shape of dC_dy

    Parameters
    ----------
    prefix : str, default="PrintSize"
        Stands before each shape.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.PrintSize``.

    Examples
    --------
    >>> show = PrintSize("here")
    >>> x = [np.ones((2, 3)), np.ones(4)]
    >>> y = show.forward(x)
    here: x has shape [(2, 3), (4,)]
    >>> dC_dx = show.backward(x, x)
    here: dC_dy has shape [(2, 3), (4,)]
    """

    surrogate = False

    def __init__(self, prefix="PrintSize"):
        super().__init__()
        self.prefix = "PrintSize" if prefix is None else str(prefix)

    def forward(self, x):
        super().forward(x)
        self._print("x", x)
        return self.y

    def gradient(self, x, dC_dy):
        self._print("dC_dy", dC_dy)
        return dC_dy

    def _print(self, name, values):
        print(f"{self.prefix}: {name} has shape {map_table(np.shape, values)}")

    def __repr__(self):
        return f"PrintSize({'' if self.prefix == 'PrintSize' else repr(self.prefix)})"
