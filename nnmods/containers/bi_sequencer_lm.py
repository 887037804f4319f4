"""BiSequencerLM: what comes before and after each step of a sequence."""

from nnmods.containers.bidirectional import Bidirectional
from nnmods.core import check
from nnmods.core.tables import check_table, summed


class BiSequencerLM(Bidirectional):
    """Merge, for each step, what was read before it and after it, without itself.

    ::

        y[t] = merge([f(x)[t - 1], b(x reversed) reversed [t + 1]])

    with 0 before the first step and after the last: a step can so be predicted from
    all others, as in a language model.

    Parameters
    ----------
    forward_module : Module
        f in each step, such as `FastLSTM`; its y is an array.
    backward_module : Module, default=None
        b in each step; None takes a copy of the first one, redrawn.
    merge : Module, default=None
        Of a table of two, for each step; None joins both along the last axis.
    rng : int, numpy.random.Generator or None, default=None
        Redraws the copy.

    Raises
    ------
    TypeError
        If ``x`` is not a table, or y of f or b is one.
    ValueError
        If ``x`` has fewer than two entries, neighbours to be joined are of different
        shapes, or ``dC_dy`` is not shaped like y.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: each call begins anew, unless `remember` changes that.

    References
    ----------
    Torch7, ``nn.BiSequencerLM`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import FastLSTM
    >>> y = BiSequencerLM(FastLSTM(3, 2))([np.ones((1, 3))] * 2)
    >>> y[0][:, :2], y[1][:, 2:]
    (array([[0., 0.]]), array([[0., 0.]]))
    """

    def forward(self, x):
        check_table(self, "x", x)
        if len(x) < 2:
            raise ValueError(
                f"{type(self).__name__}: x has {len(x)} entries, expected at least 2"
            )
        return super().forward(x)

    def _read(self, x, visit):
        ahead, back = visit(0, x[:-1]), visit(1, x[:0:-1])[::-1]
        return [self._zeros(0, ahead[0]), *ahead], [*back, self._zeros(1, back[-1])]

    def _read_back(self, ahead, back, visit, input_grad):
        ahead = visit(0, ahead[1:], input_grad)
        back = visit(1, back[-2::-1], input_grad)
        if not input_grad:
            return None
        first, *others = ahead
        *backs, last = back[::-1]
        terms = [[first], *map(list, zip(others, backs, strict=True)), [last]]
        old = [*(self.dC_dx or []), *[None] * len(terms)]
        return [summed(self, b, t) for b, t in zip(old, terms, strict=False)]

    def sketch(self):
        return super().sketch(
            ("without the last", "reversed, without the first"),
            ("step before", "reversed, step after"),
        )

    def _zeros(self, i, like):
        """Return what module i has found where it has not read anything."""
        check(self, f"y of module {i}", like, (...,))
        return self.work(f"nothing of {i}", like.shape, like.dtype, fill=0)
