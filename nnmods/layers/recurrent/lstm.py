"""LSTM: one step of long short-term memory whose gates see the cell."""

from nnmods.layers.recurrent.lstm_step import LSTMStep

#: Gates in the order of their parameters, and their places among i, f, o, g.
GATES = ("forget", "input", "hidden", "output")
PLACES = (1, 0, 3, 2)


class LSTM(LSTMStep):
    """One step of long short-term memory with peepholes [1]_.

    ::

        i     = s(x @ weight_input.T + bias_input + h' @ feedback_input.T
                  + c' * peephole_input)                         f likewise: forget
        g     = tanh(x @ weight_hidden.T + bias_hidden + h' @ feedback_hidden.T)
        c     = f c' + i g
        o     = s(x @ weight_output.T + bias_output + h' @ feedback_output.T
                  + c * peephole_output)
        y = h = o tanh(c)

    where s(a) = 1 / (1 + exp(-a)), and h', c' are what the step before left, 0 at
    first. In a `Sequencer` gradients flow back through all steps; called by itself,
    each call is the step after the last one, up to `forget`, and the state before is a
    constant.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of x and of y; H is the latter.
    peepholes : bool, default=True
        Whether the gates see the cell.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features) for what meets x and
        the biases, on +-1/sqrt(H) for all else.

    Attributes
    ----------
    weight_forget, bias_forget, feedback_forget, peephole_forget : ndarray
        Of shapes (H, in_features), (H,), (H, H) and (H,). The same for ``_input``,
        ``_hidden`` (which has no peephole) and ``_output``, in this order.

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
    .. [1] A. Graves, A. Mohamed, G. Hinton, "Speech recognition with deep recurrent
           neural networks", 2013, eq. (3)-(7). Torch7, ``nn.LSTM`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> lstm, x = LSTM(3, 2, rng=0), np.ones((5, 3))
    >>> first, second = lstm(x), lstm(x)
    >>> np.array_equal(first, second), np.array_equal(first, lstm.forget()(x))
    (False, True)
    """

    def __init__(
        self, in_features, out_features, peepholes=True, *, dtype=None, rng=None
    ):
        super().__init__(in_features, out_features, dtype)
        self.peepholes = peepholes is None or bool(peepholes)
        D, H = self.in_features, self.out_features
        for gate in GATES:
            self._make(
                **{
                    f"weight_{gate}": (H, D),
                    f"bias_{gate}": (H,),
                    f"feedback_{gate}": (H, H),
                }
            )
            if self.peepholes and gate != "hidden":
                self._make(**{f"peephole_{gate}": (H,)})
        self.reset(rng)

    def _by_gate(self, arrays):
        left, found = list(arrays), [None] * len(GATES)
        for gate, place in zip(GATES, PLACES, strict=True):
            count = 4 if self.peepholes and gate != "hidden" else 3
            parts, left = left[:count], left[count:]
            found[place] = (*parts, *[None] * (4 - count))
        return found

    def _options(self):
        return "" if self.peepholes else ", peepholes=False"
