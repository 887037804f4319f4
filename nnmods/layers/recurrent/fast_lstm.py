"""FastLSTM: one step of long short-term memory, all gates in one weight."""

from nnmods.layers.recurrent.lstm_step import LSTMStep


class FastLSTM(LSTMStep):
    """One step of long short-term memory, which carries its state to the next.

    ::

        i, f, o = s(x @ weight.T + bias + h' @ feedback.T)      H rows of each
        g       = tanh(x @ weight.T + bias + h' @ feedback.T)
        c       = f c' + i g
        y = h   = o tanh(c)

    where s(a) = 1 / (1 + exp(-a)), and h', c' are what the step before left, 0 at
    first. In a `Sequencer` gradients flow back through all steps; called by itself,
    each call is the step after the last one, up to `forget`, and the state before is a
    constant. `SeqLSTM` computes the same for whole sequences, faster.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of x and of y; H is the latter.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features) for what meets x and
        the bias, on +-1/sqrt(H) for what meets h.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (4 H, in_features)
        The gates in the order i, g, f, o.
    bias, grad_bias : ndarray, shape (4 H,)
    feedback, grad_feedback : ndarray, shape (4 H, H)

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or has not as many rows as the step before.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: h and c of the last call, and its gates for the way back.

    References
    ----------
    .. [1] Torch7, ``nn.FastLSTM`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.containers import Sequencer
    >>> lstm, x = FastLSTM(3, 2, rng=0), np.ones((4, 5, 3))
    >>> whole = Sequencer(lstm.clone())(x)
    >>> bool(np.allclose(np.stack([lstm(x_t) for x_t in x]), whole))
    True
    """

    def __init__(self, in_features, out_features, *, dtype=None, rng=None):
        super().__init__(in_features, out_features, dtype)
        D, H = self.in_features, self.out_features
        self._make(weight=(4 * H, D), bias=(4 * H,), feedback=(4 * H, H))
        self.reset(rng)

    def _by_gate(self, arrays):
        H = self.out_features
        places = [slice(k * H, (k + 1) * H) for k in (0, 2, 3, 1)]
        return [(*(array[place] for array in arrays), None) for place in places]
