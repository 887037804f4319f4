"""Sequential: one module after another."""

from nnmods.core import Container
from nnmods.core.parameters import has_parameters
from nnmods.core.tables import check_like


class Sequential(Container):
    """A chain: the output of each module is the input of the next.

    ::

        y     = f_k(... f_2(f_1(x)))
        dC_dx = J_1^T J_2^T ... J_k^T dC_dy

    An empty one passes everything through.

    Parameters
    ----------
    *modules : Module
        In the order of `forward`.

    Raises
    ------
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> from nnmods.layers import Linear
    >>> net = Sequential(Linear(4, 3), ReLU()).add(Linear(3, 2))
    >>> len(net), net[-1], net(np.ones((5, 4))).shape
    (3, Linear(3 -> 2), (5, 2))
    """

    def push(self, x, visit):
        if not self.modules:
            check_like(self, "x", x, x if self._x is None else self._x)
        for i in range(len(self.modules)):
            x = visit(i, x)
        return x

    def pull(self, dC_dy, visit, input_grad=True):
        if not self.modules:
            check_like(self, "dC_dy", dC_dy, self._x)
        first = 0
        if not input_grad:  # nothing below the first parameter is of use
            while first < len(self.modules) and not has_parameters(self.modules[first]):
                first += 1
        for i in range(len(self.modules) - 1, first - 1, -1):
            dC_dy = visit(i, dC_dy, input_grad or i > first)
        return dC_dy if input_grad else None

    def __getitem__(self, index):
        """Return a child, or for a slice a Sequential of the same children."""
        modules = self.modules[index]
        return type(self)(*modules) if isinstance(index, slice) else modules
