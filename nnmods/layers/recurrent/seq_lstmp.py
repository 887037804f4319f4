"""SeqLSTMP: long short-term memory whose output is a projection."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.layers.recurrent.dual import Dual
from nnmods.layers.recurrent.lstm_layer import LSTMLayer


class SeqLSTMP(LSTMLayer):
    """Long short-term memory over whole sequences, with a projected output [1]_.

    ::

        i_t, f_t, o_t = s([x_t, y_(t-1)] @ weight + bias)      three parts of H columns
        g_t           = tanh([x_t, y_(t-1)] @ weight + bias)   and the fourth
        c_t           = f_t c_(t-1) + i_t g_t
        y_t           = (o_t tanh(c_t)) @ weight_o

    A hidden state of H = hidden_features entries so costs no H x 4H weight; gradients
    are those of `SeqLSTM`, with dC_dy_t + dy_t brought through ``weight_o.T`` first.

    Parameters
    ----------
    in_features, hidden_features, out_features : int
    batchfirst : bool, default=False
        Whether x and y are (N, T, ...) instead of (T, N, ...).
    maskzero : bool, default=False
        Whether a step whose x is all 0 gives y = 0, and separates two sequences.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the weights, normal of variance 1 / (in_features + hidden_features) and
        1 / (hidden_features + out_features).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features + out_features, 4 H)
        The rows of x first, then those of y; the gates in the order i, f, o, g.
    bias, grad_bias : ndarray, shape (4 H,)
        1 in the gate f, and 0 elsewhere, at first.
    weight_o, grad_weight_o : ndarray, shape (H, out_features)

    Raises
    ------
    ValueError
        If x is not (T, N, in_features), or (T, in_features) for one sequence; if a
        table is not [y_0, x] or [c_0, y_0, x].
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: the gates of all steps are kept for the way back; see `SeqLSTM`.

    References
    ----------
    .. [1] H. Sak, A. Senior, F. Beaufays, "Long short-term memory recurrent neural
           network architectures for large scale acoustic modeling", 2014. Torch7,
           ``nn.SeqLSTMP`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> SeqLSTMP(3, 8, 2, rng=0)(np.ones((4, 5, 3))).shape
    (4, 5, 2)
    """

    def __init__(
        self,
        in_features,
        hidden_features,
        out_features,
        batchfirst=False,
        maskzero=False,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(in_features, out_features, batchfirst, maskzero, dtype)
        hidden = as_size("SeqLSTMP", "hidden_features", hidden_features)
        self.hidden_features = hidden
        self._make_parameters(4 * hidden)
        self.weight_o = np.empty((hidden, self.out_features), self.dtype)
        self.grad_weight_o = np.zeros(self.weight_o.shape, self.weight_o.dtype)
        self.reset(rng)

    def _size_of(self, name):
        return self.hidden_features if name == "c" else self.out_features

    def _draw(self, rng, stdv):
        for weight, fan in (
            (self.weight, self.in_features + self.hidden_features),
            (self.weight_o, self.hidden_features + self.out_features),
        ):
            deviation = 1 / np.sqrt(max(fan, 1)) if stdv is None else stdv
            weight[...] = rng.normal(0, deviation, weight.shape)

    def _hidden(self):
        T, N, _ = self._h.shape
        return self.work("hidden", (T, N, self.hidden_features), self._h.dtype)

    def _project(self, t):
        np.matmul(self._hidden()[t], self.weight_o, out=self._h[t])

    def _project_back(self, t, dy):
        self._gradients(dy.dtype)[t] = dy
        shape = len(dy), self.hidden_features
        dhidden = self.work("dhidden", shape, dy.dtype)
        return np.matmul(dy, self.weight_o.T, out=dhidden)

    def _gradients(self, dtype):
        """Return the gradients by y of all steps, from all that comes after."""
        return self.work("gradients by y", self._h.shape, dtype)

    def _swept_too(self, dtype):
        return (self._gradients(dtype),)

    def _products(self, arrays, met, back):
        yield from super()._products(arrays, met, back)
        yield arrays[2], met[2], back[1]

    def _met(self, x):
        return *super()._met(x), self._hidden()

    def _project_along(self, t, dhidden, dparams):
        np.matmul(dhidden, self.weight_o, out=self._dh[t])
        if dparams is not None:
            part = self.work("part of dy", self._dh.shape[1:], self._dh.dtype)
            self._dh[t] += np.matmul(self._hidden()[t], dparams[2], out=part)

    def _met_along(self, dx, dstart, tangents):
        gates, (_, bent) = self._kept()
        dgates, dcells = tangents
        dbent = (1 - bent * bent) * dcells
        hidden = Dual(gates[:, 2], dgates[:, 2]) * Dual(bent, dbent)  # o tanh(c)
        return *super()._met_along(dx, dstart, tangents), hidden.tangent

    def _project_back_along(self, t, dy, dparams):
        value, tangent = self._gradients_along(dy.tangent.dtype)
        value[t], tangent[t] = dy.value, dy.tangent
        along = None if dparams is None else dparams[2].T
        return dy @ Dual(self.weight_o.T, along)

    def _gradients_along(self, dtype):
        return self.work("gradients by y, along", (2, *self._h.shape), dtype)

    def _swept_too_along(self, dtype):
        return (Dual(*self._gradients_along(dtype)),)

    def _sizes(self):
        return self.in_features, self.hidden_features, self.out_features
