"""ParallelTable: an entry of the input for each, a table of their outputs."""

from nnmods.containers.entries import pulled
from nnmods.core import Container
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_table


class ParallelTable(Container):
    """Give entry i of x to child i, and return the table of their outputs.

    ::

        y        = [f_0(x[0]), f_1(x[1]), ...]
        dC_dx[i] = J_i^T dC_dy[i]

    Parameters
    ----------
    *modules : Module
        One for each entry of x.

    Raises
    ------
    TypeError
        If ``x`` or ``dC_dy`` is not a table.
    ValueError
        If one has not as many entries as there are children, or ``dC_dy`` is not
        shaped like ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> from nnmods.layers.shape import Identity
    >>> ParallelTable(Identity(), ReLU())([np.array([-1.0]), np.array([-1.0])])
    [array([-1.]), array([0.])]
    """

    def push(self, x, visit):
        check_table(self, "x", x, len(self.modules))
        return [visit(i, entry) for i, entry in enumerate(x)]

    def pull(self, dC_dy, visit, input_grad=True):
        grads = pulled(self, dC_dy, visit, input_grad)
        return grads if input_grad else None

    def sketch(self):
        return Sketch.slices(len(self))
