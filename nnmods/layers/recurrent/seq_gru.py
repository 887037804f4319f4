"""SeqGRU: gated recurrent units over whole sequences."""

import numpy as np

from nnmods.core.dtypes import promote
from nnmods.kernels.products import add_product
from nnmods.layers.recurrent import gru_cell
from nnmods.layers.recurrent.gates import (
    by_gate,
    sums_of,
    transposes_of,
    weights_of,
)
from nnmods.layers.recurrent.sequence_layer import SequenceLayer
from nnmods.layers.recurrent.sequences import as_rows

#: Factors of the sums in the gates: none.
ONES = np.ones((3, 1), np.float32)


class SeqGRU(SequenceLayer):
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

    def _run(self, rows, start):
        gates, reset = self._kept()
        T, _, N, H = gates.shape
        D, work, dtype = self.in_features, self.work, gates.dtype
        sums = sums_of(rows, (T, N), self.weight[:D], self.bias, ONES, work, "sums")
        of_h = weights_of(self.weight[D:], ONES, dtype, work, "weight of h")
        masked, h = self._masked, start["h"]
        for t in range(T):
            mask = None if masked is None else masked[t]
            gru_cell.step(
                gates[t], sums[t], h, of_h[:2], of_h[2], reset[t], self._h[t], mask
            )
            h = self._h[t]
        return {"h": h}

    def _sweep(self, dC_dy):
        gates, _ = self._kept()
        T, _, N, H = gates.shape
        dtype = promote(self, (dC_dy, self._h))
        dsums = self.work("sums", (T, N, 3 * H), dtype)
        steps = by_gate(dsums, 3)
        back = transposes_of(
            self.weight[self.in_features :], 3, dtype, self.work, "transposes"
        )
        dh, spare = self.work("dh", (2, N, H), dtype)
        slopes = self.work("slopes", (3, N, H), dtype)
        parts = self.work("parts of dh", (2, N, H), dtype)
        dh[...] = 0
        for t in reversed(range(T)):
            np.add(dC_dy[t], dh, out=dh)
            if self._masked is not None:
                np.copyto(dh, 0, where=self._masked[t])
            before = self._h[t - 1] if t else self._start["h"]
            gru_cell.step_back(
                gates[t], before, dh, back[:2], back[2], slopes, parts, spare
            )
            steps[t] = slopes
        return dsums, {"h": dh}

    def _accumulate_states(self, dsums, scale):
        _, reset = self._kept()
        split = 2 * self.out_features
        grad = self.grad_weight[self.in_features :]
        T, sums = len(dsums), as_rows(dsums)
        add_product(as_rows(reset).T, sums[:, split:], scale, grad[:, split:])
        if T > 1:
            rows = as_rows(dsums[1:])[:, :split]
            add_product(as_rows(self._h[:-1]).T, rows, scale, grad[:, :split])
        if T and self._start["h"] is not None:
            rows = dsums[0, :, :split]
            add_product(self._start["h"].T, rows, scale, grad[:, :split])

    def _tangents(self, rows, drows, dstart, dparams):
        gates, reset = self._kept()
        T, _, N, H = gates.shape
        D, work, dtype = self.in_features, self.work, self._dh.dtype
        sums = sums_of(drows, (T, N), self.weight[:D], None, ONES, work, "of dx")
        of_h = weights_of(self.weight[D:], ONES, dtype, work, "weight of dh")
        weights, directions = (of_h[:2], of_h[2]), None
        if dparams is not None:
            direction, dbias = dparams
            sums += sums_of(rows, (T, N), direction[:D], dbias, ONES, work, "of x")
            dweight = weights_of(direction[D:], ONES, dtype, work, "dweight of h")
            directions = dweight[:2], dweight[2]
        dgates, both = (work(f"dgates {n}", (n, N, H), dtype) for n in (3, 2))
        h, dh = self._start["h"], dstart["h"]
        for t in range(T):
            dgates[...] = sums[t]
            new = self._dh[t]
            gru_cell.step_along(
                gates[t], reset[t], h, dh, weights, directions, dgates, new, both
            )
            if self._masked is not None:
                np.copyto(new, 0, where=self._masked[t])
            h, dh = self._h[t], new

    def _kept(self):
        """Return the gates and r h of the last forward."""
        T, N, H = self._h.shape
        gates = self.work("gates", (T, 3, N, H), self._h.dtype)
        return gates, self.work("reset", (T, N, H), self._h.dtype)
