"""SeqBRNN: two layers over whole sequences, one in each direction."""

import operator

import numpy as np

from nnmods.core import Container, check
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, summed


class SeqBRNN(Container):
    """Let two layers read a sequence, one forwards and one backwards, and merge.

    ::

        y     = merge([f(x), b(x reversed) reversed])
        dC_dx = J_f^T d_f + (J_b^T (d_b reversed)) reversed

    with [d_f, d_b] what comes back from merge.

    Parameters
    ----------
    forward_module : Module
        f, such as `SeqLSTM` or `SeqGRU`.
    backward_module : Module, default=None
        b; None takes a copy of the first one, redrawn.
    merge : Module, default=None
        Of a table of two; None adds them up.
    axis : int, default=0
        Along which steps follow one another; -2 for layers with ``batchfirst``.
    rng : int, numpy.random.Generator or None, default=None
        Redraws the copy.

    Raises
    ------
    TypeError
        If a layer returns a table.
    ValueError
        If x has no such axis, the layers' results are added and shaped differently, or
        ``dC_dy`` is not shaped like y.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.SeqBRNN`` of the package rnn.

    Examples
    --------
    >>> from nnmods.layers import SeqLSTM
    >>> SeqBRNN(SeqLSTM(3, 2))(np.ones((4, 5, 3))).shape
    (4, 5, 2)
    """

    def __init__(
        self, forward_module, backward_module=None, merge=None, axis=0, *, rng=None
    ):
        if backward_module is None:
            backward_module = forward_module.clone().reset(rng)
        modules = [forward_module, backward_module]
        super().__init__(*modules, *([] if merge is None else [merge]))
        self.axis = operator.index(axis)

    def forward(self, x):
        check(self, "x", x, (...,))
        if not -x.ndim <= self.axis < x.ndim:
            raise ValueError(
                f"{type(self).__name__}: x has shape {x.shape}, "
                f"expected an axis {self.axis}"
            )
        return super().forward(x)

    def push(self, x, visit):
        if self._x is not None:
            check_like(self, "x", x, self._x)  # a direction, of jvp
        ahead, back = visit(0, x), visit(1, self._reversed(x))
        check(self, "y of module 0", ahead, (...,))
        check(self, "y of module 1", back, (...,) if len(self) == 3 else ahead.shape)
        both = [ahead, self._reversed(back)]
        if len(self) == 3:
            return visit(2, both)
        self.y = summed(self, self.y, both)
        return self.y

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        ahead, back = visit(2, dC_dy) if len(self) == 3 else (dC_dy, dC_dy)
        first = visit(0, ahead, input_grad)
        second = visit(1, self._reversed(back), input_grad)
        if not input_grad:
            return None
        return summed(self, self.dC_dx, [first, self._reversed(second)])

    def sketch(self):
        joint = 2 if len(self) == 3 else "+"
        links = [("x", 0), ("x", 1, "reversed"), (0, joint), (1, joint, "reversed")]
        return Sketch([*links, (joint, "y")])

    def _reversed(self, x):
        return np.flip(x, self.axis)

    def _arguments(self):
        return "" if self.axis == 0 else f"axis={self.axis}"
