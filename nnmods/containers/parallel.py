"""Parallel: a slice of the input for each, the outputs joined along an axis."""

from operator import index

from nnmods.containers.joining import Joining
from nnmods.core import check, reuse
from nnmods.core.sketch import Sketch


class Parallel(Joining):
    """Give slice i of x to child i, and join the outputs along an axis.

    ::

        x_i     = x[..., i, ...]                (at input_axis, which is left out)
        y       = concatenate([f_0(x_0), f_1(x_1), ...], output_axis)
        dC_dx_i = J_i^T dC_dy_i

    where dC_dx_i is slice i of dC_dx, and dC_dy_i the part of dC_dy that lies where
    f_i(x_i) does in y.

    Parameters
    ----------
    input_axis, output_axis : int
        Count from 0, the batch axis too; negative ones count from the end.
    *modules : Module
        As many as ``input_axis`` is long.

    Raises
    ------
    ValueError
        If ``x`` is not as long as there are children, an axis is missing, the outputs
        differ in other lengths than along the axis, or ``dC_dy`` is not shaped like
        ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Linear
    >>> net = Parallel(1, 1, Linear(4, 3), Linear(4, 2))
    >>> net(np.ones((5, 2, 4))).shape
    (5, 5)
    """

    def __init__(self, input_axis, output_axis, *modules):
        self.input_axis = index(input_axis)
        self.output_axis = index(output_axis)
        super().__init__(*modules)

    def push(self, x, visit):
        check(self, "x", x, (...,))
        place = self._place("x", x.shape, self.input_axis)
        if x.shape[place] != len(self.modules):
            raise ValueError(
                f"{type(self).__name__}: x has shape {x.shape}, "
                f"expected {len(self.modules)} along axis {place}, one for each module"
            )
        before = (slice(None),) * place
        outputs = [visit(i, x[(*before, i)]) for i in range(len(self.modules))]
        return self.join(outputs, self.output_axis)

    def pull(self, dC_dy, visit, input_grad=True):
        parts = self.parts(dC_dy)
        grads = [visit(i, part, input_grad) for i, part in enumerate(parts)]
        if not input_grad:
            return None
        shape = self._x.shape
        dC_dx = reuse(self.dC_dx, shape, *grads, module=self)
        before = (slice(None),) * (self.input_axis % len(shape))
        for i, grad in enumerate(grads):
            dC_dx[(*before, i)] = grad
        return dC_dx

    def sketch(self):
        return Sketch.slices(len(self))

    def _arguments(self):
        return f"{self.input_axis}, {self.output_axis}"
