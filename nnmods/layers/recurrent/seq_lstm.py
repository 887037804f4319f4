"""SeqLSTM: long short-term memory over whole sequences."""

from nnmods.layers.recurrent.lstm_layer import LSTMLayer


class SeqLSTM(LSTMLayer):
    """Long short-term memory over whole sequences [1]_, all steps in one call.

    ::

        i_t, f_t, o_t = s([x_t, h_(t-1)] @ weight + bias)      three parts of H columns
        g_t           = tanh([x_t, h_(t-1)] @ weight + bias)   and the fourth
        c_t           = f_t c_(t-1) + i_t g_t
        y_t = h_t     = o_t tanh(c_t)

    where s(a) = 1 / (1 + exp(-a)). The way back, from the last step to the first, with
    dh_t and dc_t the gradients by all that comes after step t::

        dh    = dC_dy_t + dh_t
        dc    = dc_t + dh o (1 - tanh(c)^2)
        da    = [dc g i(1-i), dc c_(t-1) f(1-f), dh tanh(c) o(1-o), dc i (1-g^2)]
        dC_dx_t, dh_(t-1) = da @ weight.T,    dc_(t-1) = dc f
        grad_weight += scale * [x_t, h_(t-1)].T @ da,    grad_bias += scale * da

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of x and of y; H is the latter.
    batchfirst : bool, default=False
        Whether x and y are (N, T, ...) instead of (T, N, ...).
    maskzero : bool, default=False
        Whether a step whose x is all 0 gives y = 0, and separates two sequences: the
        one after it begins with states of 0.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the weight, normal of variance 1 / (in_features + out_features). The bias
        is 1 in the gate f, and 0 elsewhere.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features + H, 4 H)
        The rows of x first, then those of h; the gates in the order i, f, o, g.
    bias, grad_bias : ndarray, shape (4 H,)

    Raises
    ------
    ValueError
        If x is not (T, N, in_features), or (T, in_features) for one sequence; if a
        table is not [h_0, x] or [c_0, h_0, x] with states (N, H), and dC_dx is then a
        table like it; if remembered states are of another N.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: the gates of all steps are kept for the way back. `remember` lets a call
    begin with the states that the last one ended with, and `forget` drops these. They
    are 0 otherwise, unless a table gives them.

    References
    ----------
    .. [1] S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997, with the
           forget gate of F. Gers, 2000. Torch7, ``nn.SeqLSTM`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> lstm = SeqLSTM(3, 2, rng=0)
    >>> lstm(np.ones((4, 5, 3))).shape
    (4, 5, 2)
    >>> whole = lstm(np.ones((3, 3)))
    >>> parts = [lstm.forget().remember()(np.ones((2, 3))), lstm(np.ones((1, 3)))]
    >>> bool(np.allclose(np.concatenate(parts), whole))
    True
    """

    def __init__(
        self,
        in_features,
        out_features,
        batchfirst=False,
        maskzero=False,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(in_features, out_features, batchfirst, maskzero, dtype)
        self._make_parameters(4 * self.out_features)
        self.reset(rng)
