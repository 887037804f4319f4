"""SeqGRU: gated recurrent units over whole sequences."""

from nnmods.layers.recurrent.gru_layer import GRULayer


class SeqGRU(GRULayer):
    """Gated recurrent units over whole sequences [1]_, all steps in one call.

    ::

        r_t, u_t  = s([x_t, h_(t-1)] @ weight + bias)            two parts of H columns
        n_t       = tanh([x_t, r_t h_(t-1)] @ weight + bias)     and the third
        y_t = h_t = (1 - u_t) n_t + u_t h_(t-1)

    where s(a) = 1 / (1 + exp(-a)). The way back, from the last step to the first, with
    dh_t the gradient by all that comes after step t::

        dh       = dC_dy_t + dh_t
        da_n     = dh (1-u) (1 - n^2),        d(r h) = da_n @ weight_n.T
        da_r     = d(r h) h_(t-1) r(1-r),     da_u   = dh (h_(t-1) - n) u(1-u)
        dh_(t-1) = dh u + d(r h) r + [da_r, da_u] @ weight_ru.T
        dC_dx_t  = [da_r, da_u, da_n] @ weight.T

    and the weight's gradient gets ``scale`` times the products of what it met and da.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of x and of y; H is the latter.
    batchfirst : bool, default=False
        Whether x and y are (N, T, ...) instead of (T, N, ...).
    maskzero : bool, default=False
        Whether a step whose x is all 0 gives y = 0, and separates two sequences: the
        one after it begins with a state of 0.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the weight, normal of variance 1 / (in_features + out_features). The bias
        is 1 in the gate u, and 0 elsewhere.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (in_features + H, 3 H)
        The rows of x first, then those of h; the gates in the order r, u, n.
    bias, grad_bias : ndarray, shape (3 H,)

    Raises
    ------
    ValueError
        If x is not (T, N, in_features), or (T, in_features) for one sequence; if a
        table is not [h_0, x] with h_0 (N, H), and dC_dx is then a table like it; if
        remembered states are of another N.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    **State**: the gates of all steps are kept for the way back. `remember` lets a call
    begin with the state that the last one ended with, and `forget` drops it. It is 0
    otherwise, unless a table gives it.

    References
    ----------
    .. [1] K. Cho et al., "Learning phrase representations using RNN encoder-decoder",
           2014. Torch7, ``nn.SeqGRU`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> SeqGRU(3, 2, rng=0)(np.ones((4, 5, 3))).shape
    (4, 5, 2)
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
        self._make_parameters(3 * self.out_features)
        self.reset(rng)
