"""ConcatTable: the same input for all, a table of their outputs."""

from nnmods.containers.entries import pulled
from nnmods.core import Container
from nnmods.core.sketch import Sketch
from nnmods.core.tables import map_table, reuse_table, summed


class ConcatTable(Container):
    """Give x to each child, and return the table of their outputs.

    ::

        y     = [f_0(x), f_1(x), ...]
        dC_dx = J_0^T dC_dy[0] + J_1^T dC_dy[1] + ...

    x may be a table; its gradients are then summed entry by entry.

    Parameters
    ----------
    *modules : Module
        Without any, y is an empty table.

    Raises
    ------
    ValueError
        If ``dC_dy`` does not have an entry for each child, shaped like its output.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> from nnmods.layers.shape import Identity
    >>> ConcatTable(Identity(), ReLU())(np.array([-1.0, 2.0]))
    [array([-1.,  2.]), array([0., 2.])]
    """

    def push(self, x, visit):
        return [visit(i, x) for i in range(len(self.modules))]

    def pull(self, dC_dy, visit, input_grad=True):
        grads = pulled(self, dC_dy, visit, input_grad)
        if not input_grad:
            return None
        if not grads:
            zeros = reuse_table(self.dC_dx, self, self._x)
            map_table(lambda array: array.fill(0), zeros)
            return zeros
        return summed(self, self.dC_dx, grads)

    def sketch(self):
        return Sketch.branches(len(self))
