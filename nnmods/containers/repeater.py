"""Repeater: the same input in each step of a recurrence."""

from nnmods.containers.unrolled import Unrolled
from nnmods.core import Container
from nnmods.core.arrays import as_size
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, summed


class Repeater(Unrolled):
    """Present the same x to a module ``n_steps`` times, and return all results.

    ::

        y[t]  = f(x, what the recurrent steps in f left at t - 1)
        dC_dx = sum_t J_t^T dC_dy[t]   (dC_dy with what came back from step t + 1)

    Parameters
    ----------
    module : Module
        With recurrent steps (`FastLSTM`, `LSTM`, `GRU`) below it, or itself one.
    n_steps : int
        At least 1.

    Raises
    ------
    ValueError
        If ``n_steps`` is 0, or ``dC_dy`` is not shaped like y.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: each call begins anew, from states of 0, unless `remember` changes that.

    References
    ----------
    Torch7, ``nn.Repeater`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import GRU
    >>> [y.shape for y in Repeater(GRU(3, 2), 2)(np.ones((5, 3)))]
    [(5, 2), (5, 2)]
    """

    def __init__(self, module, n_steps):
        super().__init__(module)
        self.n_steps = as_size("Repeater", "n_steps", n_steps)
        if not self.n_steps:
            raise ValueError("Repeater: n_steps is 0, expected at least 1")

    def forward(self, x):
        self.begin(self.n_steps)
        return Container.forward(self, x)

    def push(self, x, visit):
        return [visit(i, x) for i in range(self.n_steps)]

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        entries = list(enumerate(dC_dy))
        grads = [visit(i, entry, input_grad) for i, entry in reversed(entries)]
        return summed(self, self.dC_dx, grads) if input_grad else None

    def sketch(self):
        return Sketch.chain(len(self), note=f"{self.n_steps} steps")

    def _arguments(self):
        return str(self.n_steps)
