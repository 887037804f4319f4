"""Sequencer: a module for each step of a sequence, with a state that is handed on."""

import numpy as np

from nnmods.containers.unrolled import Unrolled
from nnmods.core import Container, check, reuse
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, is_table


class Sequencer(Unrolled):
    """Apply a module to each step of a sequence, in order.

    ::

        y[t]     = f(x[t], what the recurrent steps in f left at t - 1)
        dC_dx[t] = J_t^T dC_dy[t]      (dC_dy with what came back from step t + 1)

    A table gives a table, and an array (T, ...) an array, whose first axis counts
    steps. Modules without a state, such as Linear, do the same in each step. The
    number of steps may differ from call to call.

    Parameters
    ----------
    module : Module
        With recurrent steps (`FastLSTM`, `LSTM`, `GRU`) below it, or itself one.

    Raises
    ------
    TypeError
        If ``x`` is neither an array with an axis nor a table, or y of a step is a table
        where x is an array.
    ValueError
        If an array x has no steps, or ``dC_dy`` is not shaped like y.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: each call begins anew, from states of 0. `remember` lets it begin with
    those that the last one ended with, and `forget` drops these.

    References
    ----------
    Torch7, ``nn.Sequencer`` of the package rnn.

    Examples
    --------
    >>> from nnmods.containers import Sequential
    >>> from nnmods.layers import FastLSTM, Linear
    >>> net = Sequencer(Sequential(FastLSTM(3, 4), Linear(4, 2)))
    >>> net(np.ones((7, 5, 3))).shape, len(net([np.ones((5, 3))] * 6))
    ((7, 5, 2), 6)
    """

    @Container.example_axis.getter
    def example_axis(self):
        """That of its module; after an array x one more, as its first counts steps."""
        axis = super().example_axis
        return axis + self._leading if self._example_axis is None else axis

    @property
    def _leading(self):
        return int(self._x is not None and not is_table(self._x))

    def forward(self, x):
        if not is_table(x):
            check(self, "x", x, (...,))
            if x.ndim == 0 or len(x) == 0:
                raise ValueError(
                    f"{type(self).__name__}: x has shape {x.shape}, "
                    "expected at least 1 step along the first axis"
                )
        self.begin(len(x))
        return Container.forward(self, x)

    def push(self, x, visit):
        if self._x is not None:
            check_like(self, "x", x, self._x)  # a direction, of jvp
        outputs = [visit(i, entry) for i, entry in enumerate(_steps(x))]
        if is_table(x):
            return outputs
        for i, output in enumerate(outputs):
            check(self, f"y of step {i}", output, getattr(outputs[0], "shape", ()))
        self.y = _stacked(self, self.y, outputs, x)
        return self.y

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        entries = list(enumerate(_steps(dC_dy)))
        grads = [visit(i, entry, input_grad) for i, entry in reversed(entries)][::-1]
        if not input_grad:
            return None
        if is_table(self._x):
            return grads
        return _stacked(self, self.dC_dx, grads, dC_dy)

    def sketch(self):
        return Sketch.chain(len(self), note="each step")


def _steps(x):
    """Return a list of the entries of a table, or of the rows of an array."""
    return list(x) if is_table(x) else [x[t, ...] for t in range(len(x))]


def _stacked(module, buffer, arrays, other):
    """Return arrays along a new first axis; ``other`` shares no memory with them."""
    buffer = None if is_table(buffer) else buffer
    shape = len(arrays), *arrays[0].shape
    out = reuse(buffer, shape, *arrays, other, module=module)
    return np.stack(arrays, out=out)
