"""GRU: one step of gated recurrent units."""

import numpy as np

from nnmods.kernels.products import add_column_sums, add_product
from nnmods.layers.recurrent import gru_cell
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

    def _run(self, x, before, h):
        gates, reset = self._kept(len(x), h.dtype)
        sums = self._sums(x, self._own()[0], "sums")
        before = before and before[0]
        ru, n = self._of_h(self.feedback, self.feedback_n)
        gru_cell.step(gates, sums, before, ru, n, reset, h)
        return [h]

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

    def _input_gradient(self, dsums, dC_dx):
        spare = self.work("part of dC_dx", dC_dx.shape, dC_dx.dtype)
        np.matmul(dsums[2], self.weight_n, out=dC_dx)
        for dsum, weight in zip(dsums, self._halves(self.weight), strict=False):
            np.add(dC_dx, np.matmul(dsum, weight, out=spare), out=dC_dx)

    def _accumulate(self, x, dsums, scale):
        _, reset = self._kept(len(x), self.y.dtype)
        weights = [*self._halves(self.grad_weight), self.grad_weight_n]
        biases = [*self._halves(self.grad_bias), self.grad_bias_n]
        feedbacks = [*self._halves(self.grad_feedback), self.grad_feedback_n]
        before = self.before.value and self.before.value[0]
        for k, met in enumerate((before, before, reset)):
            dsum = dsums[k]
            add_product(dsum.T, x, scale, weights[k])
            add_column_sums(dsum, scale, biases[k])
            if before is not None:
                add_product(dsum.T, met, scale, feedbacks[k])

    def _along(self, x, dx, dbefore, dparams, dh):
        gates, reset = self._kept(len(x), self.y.dtype)
        weight, _, _, weight_n, _, _ = self._own()[0]
        dsums = self._sums(dx, (weight, None, None, weight_n, None, None), "of dx")
        directions = None
        if dparams is not None:
            dsums += self._sums(x, dparams, "of x")
            directions = self._of_h(dparams[2], dparams[5])
        before = self.before.value and self.before.value[0]
        weights = self._of_h(self.feedback, self.feedback_n)
        both = self.work("both", (2, *dh.shape), dh.dtype)
        gru_cell.step_along(
            gates,
            reset,
            before,
            dbefore and dbefore[0],
            weights,
            directions,
            dsums,
            dh,
            both,
        )
        return [dh]

    def _sums(self, x, arrays, name):
        """Return what x adds to the sums in r, u and n, (3, N, H)."""
        weight, bias, _, weight_n, bias_n, _ = arrays
        sums = self.work(name, (3, len(x), self.out_features), x.dtype)
        for total, part in zip(sums, (*self._halves(weight), weight_n), strict=True):
            np.matmul(x, part.T, out=total)
        if bias is not None:
            for total, part in zip(sums, (*self._halves(bias), bias_n), strict=True):
                np.add(total, part, out=total)
        return sums

    def _of_h(self, feedback, feedback_n):
        """Return views of what multiplies h', (2, H, H), and r h', (H, H)."""
        H = self.out_features
        return feedback.reshape(2, H, H).transpose(0, 2, 1), feedback_n.T

    def _halves(self, array):
        return array[: self.out_features], array[self.out_features :]

    def _kept(self, N, dtype):
        H = self.out_features
        return self.work("gates", (3, N, H), dtype), self.work("reset", (N, H), dtype)
