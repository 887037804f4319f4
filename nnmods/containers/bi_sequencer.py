"""BiSequencer: a sequence read in both directions."""

from nnmods.containers.bidirectional import Bidirectional
from nnmods.core.tables import check_like, summed


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

    _results = (*Bidirectional._results, "_pairs")
    _pairs = None

    def push(self, x, visit):
        if self._x is not None:
            check_like(self, "x", x, self._x)  # a direction, of jvp
        ahead, back = visit(0, x), visit(1, x[::-1])[::-1]
        pairs = [list(pair) for pair in zip(ahead, back, strict=True)]
        if self._x is None:
            self._pairs = pairs
        return self._merged(pairs, visit)

    def pull(self, dC_dy, visit, input_grad=True):
        grads = self._unmerged(dC_dy, self._pairs, visit)
        ahead = visit(0, [first for first, _ in grads], input_grad)
        back = visit(1, [second for _, second in grads[::-1]], input_grad)
        if not input_grad:
            return None
        return summed(self, self.dC_dx, [ahead, back[::-1]])

    def sketch(self):
        return super().sketch()
