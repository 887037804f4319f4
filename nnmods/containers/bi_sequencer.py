"""BiSequencer: a sequence read in both directions."""

from nnmods.containers.bidirectional import Bidirectional
from nnmods.core.tables import summed


class BiSequencer(Bidirectional):
    """Read a sequence in both directions, and merge both results of each step.

    ::

        y[t] = merge([f(x)[t], b(x reversed) reversed [t]])

    Parameters
    ----------
    forward_module : Module
        f in each step, such as `FastLSTM`.
    backward_module : Module, default=None
        b in each step; None takes a copy of the first one, redrawn.
    merge : Module, default=None
        Of a table of two, for each step; None joins both along the last axis.
    rng : int, numpy.random.Generator or None, default=None
        Redraws the copy.

    Raises
    ------
    TypeError
        If ``x`` is not a table.
    ValueError
        If ``dC_dy`` is not built and shaped like y.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: each call begins anew, unless `remember` changes that.

    References
    ----------
    M. Schuster, K. Paliwal, "Bidirectional recurrent neural networks", 1997. Torch7,
    ``nn.BiSequencer`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import FastLSTM
    >>> [y.shape for y in BiSequencer(FastLSTM(3, 2))([np.ones((5, 3))] * 2)]
    [(5, 4), (5, 4)]
    """

    def _read(self, x, visit):
        return visit(0, x), visit(1, x[::-1])[::-1]

    def _read_back(self, ahead, back, visit, input_grad):
        ahead = visit(0, ahead, input_grad)
        back = visit(1, back[::-1], input_grad)
        return summed(self, self.dC_dx, [ahead, back[::-1]]) if input_grad else None
