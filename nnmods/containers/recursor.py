"""Recursor: a module with recurrent steps in it, one step at a time."""

from nnmods.containers.decorator import Decorator
from nnmods.core.forgetting import forget_states


class Recursor(Decorator):
    """Compute what its module computes, one step of a recurrence in each call.

    ::

        y     = f(x, what the recurrent steps in f left)
        dC_dx = J^T dC_dy                (the state before is a constant)

    In a `Sequencer`, which would do the same with the module alone, gradients flow back
    through all steps.

    Parameters
    ----------
    module : Module
        Such as a Sequential with an LSTM in it.

    Raises
    ------
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.Recursor`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.containers import Sequential
    >>> from nnmods.layers import FastLSTM, Linear
    >>> net, x = Recursor(Sequential(FastLSTM(3, 4), Linear(4, 2))), np.ones((5, 3))
    >>> first, second = net(x), net(x)
    >>> np.array_equal(first, second), np.array_equal(first, net.forget()(x))
    (False, True)
    """

    def forget(self):
        """Let the next step start from 0, and return self."""
        for child in self.modules:
            forget_states(child)
        return self
