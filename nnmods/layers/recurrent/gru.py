"""GRU: one step of gated recurrent units."""

import numpy as np

from nnmods.layers.recurrent import gru_cell
from nnmods.layers.recurrent.cells_back import gru_back
from nnmods.layers.recurrent.dual import Dual
from nnmods.layers.recurrent.step_layer import StepLayer


class GRU(StepLayer):
    """One step of gated recurrent units [1]_, which carries its state to the next.

    ::

        r, u  = s(x @ weight.T + bias + h' @ feedback.T)      H rows of each
        n     = tanh(x @ weight_n.T + bias_n + (r h') @ feedback_n.T)
        y = h = (1 - u) n + u h'

    where s(a) = 1 / (1 + exp(-a)), and h' is what the step before left, 0 at first. In
    a `Sequencer` gradients flow back through all steps; called by itself, each call is
    the step after the last one, up to `forget`, and the state before is a constant.
    `SeqGRU` computes the same for whole sequences, faster.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of x and of y; H is the latter.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features) for what meets x and
        the biases, on +-1/sqrt(H) for what meets h.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (2 H, in_features)
    bias, grad_bias : ndarray, shape (2 H,)
    feedback, grad_feedback : ndarray, shape (2 H, H)
    weight_n, grad_weight_n : ndarray, shape (H, in_features)
    bias_n, grad_bias_n : ndarray, shape (H,)
    feedback_n, grad_feedback_n : ndarray, shape (H, H)

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or has not as many rows as the step before.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: h of the last call, and its gates for the way back.

    References
    ----------
    .. [1] K. Cho et al., "Learning phrase representations using RNN encoder-decoder",
           2014. Torch7, ``nn.GRU`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> gru, x = GRU(3, 2, rng=0), np.ones((5, 3))
    >>> first, second = gru(x), gru(x)
    >>> np.array_equal(first, second), np.array_equal(first, gru.forget()(x))
    (False, True)
    """

    def __init__(self, in_features, out_features, *, dtype=None, rng=None):
        super().__init__(in_features, out_features, dtype)
        D, H = self.in_features, self.out_features
        self._make(weight=(2 * H, D), bias=(2 * H,), feedback=(2 * H, H))
        self._make(weight_n=(H, D), bias_n=(H,), feedback_n=(H, H))
        self.reset(rng)

    def _by_gate(self, arrays):
        H = self.out_features
        halves, others = [slice(H), slice(H, None)], arrays[3:]
        return [(*(a[half] for a in arrays[:3]), None) for half in halves] + [
            (*others, None)
        ]

    def _run(self, x, before, h):
        gates, reset = self._kept(len(x), h.dtype)
        sums = self.work("sums", gates.shape, h.dtype)
        for total, part in zip(sums, self._by_gate(self._own()[0]), strict=True):
            np.add(np.matmul(x, part[0].T, out=total), part[1], out=total)
        before = before and before[0]
        ru, n = self._of_h(self.feedback, self.feedback_n)
        gru_cell.step(gates, sums, before, ru, n, reset, h)
        return [h]

    def _met(self, x):
        h = self.before.value and self.before.value[0]
        _, reset = self._kept(len(x), self.y.dtype)
        states = h, h, None if h is None else reset
        return [(x, True, state, None) for state in states]

    def _sweep(self, dafter):
        (dh,) = dafter
        gates, _ = self._kept(len(dh), self.y.dtype)
        dsums = self.work("dsums", gates.shape, dh.dtype)
        parts = self.work("parts of dh", (2, *dh.shape), dh.dtype)
        spare = self.work("spare", dh.shape, dh.dtype)
        ru, n = self._of_h(self.feedback, self.feedback_n)
        ru, n = ru.transpose(0, 2, 1), n.T
        before = self.before.value and self.before.value[0]
        gru_cell.step_back(gates, before, dh, ru, n, dsums, parts, spare)
        return dsums, [dh]

    def _along(self, x, dx, dbefore, dparams, dh, work):
        gates, reset = self._kept(len(x), self.y.dtype)
        dgates = work("dgates", gates.shape, dh.dtype)
        dgates[...] = 0
        self._add_sums(dgates, self._by_gate(self._own()[0]), dx, False, None)
        directions = None
        if dparams is not None:
            self._add_sums(dgates, self._by_gate(dparams), x, True, None)
            directions = self._of_h(dparams[2], dparams[5])
        before = self.before.value and self.before.value[0]
        weights = self._of_h(self.feedback, self.feedback_n)
        both = work("both", (2, *dh.shape), dh.dtype)
        gru_cell.step_along(
            gates,
            reset,
            before,
            dbefore and dbefore[0],
            weights,
            directions,
            dgates,
            dh,
            both,
        )
        return [dh], dgates

    def _met_along(self, dx, dbefore, dgates, dstates):
        h, dh, dreset = self.before.value, dbefore and dbefore[0], None
        if h is not None:
            (r, _, _), _ = self._kept(len(dx), self.y.dtype)
            dreset = (Dual(r, dgates[0]) * Dual(h[0], dh)).tangent
        return [(dx, False, state, None) for state in (dh, dh, dreset)]

    def _back_along(self, dafter, dbefore, dgates, dstates, parts):
        (dh,) = dafter
        gates, _ = self._kept(len(dh.value), self.y.dtype)
        h = Dual(np.zeros_like(gates[0]))
        if self.before.value is not None:
            h = Dual(self.before.value[0], dbefore and dbefore[0])
        of_h = [part[2].T for part in parts]
        dsums, dh_before = gru_back([*map(Dual, gates, dgates)], h, dh, of_h)
        return dsums, [dh_before]

    def _of_h(self, feedback, feedback_n):
        """Return views of what multiplies h', (2, H, H), and r h', (H, H)."""
        H = self.out_features
        return feedback.reshape(2, H, H).transpose(0, 2, 1), feedback_n.T

    def _kept(self, N, dtype):
        H = self.out_features
        return self.work("gates", (3, N, H), dtype), self.work("reset", (N, H), dtype)
