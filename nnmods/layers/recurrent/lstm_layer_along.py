"""LSTMLayerAlong: the way back through an LSTM, along a direction."""

import numpy as np

from nnmods.core.dtypes import promote
from nnmods.layers.recurrent.cells_back import NO_PEEPHOLES, lstm_back
from nnmods.layers.recurrent.dual import Dual, brought_back
from nnmods.layers.recurrent.gates import join, parts_of


class LSTMLayerAlong:
    """The part of an `LSTMLayer` for second derivatives."""

    def _met_along(self, dx, dstart, tangents):
        dtype = self._dh.dtype
        dx = self._in_order(dx, "dx", dtype)
        return dx, self._states_before("dh", self._dh, dstart["h"], dtype)

    def _sweep_along(self, dC_dy, dstart, tangents, dparams):
        gates, (cells, bent) = self._kept()
        T, _, N, H = gates.shape
        dgates, dcells = tangents
        D, dtype = self.in_features, promote(self, (dC_dy, self._h, dgates))
        found = Dual(*self.work("sums with tangents", (2, T, N, 4 * H), dtype))
        along = None if dparams is None else dparams[0][D:]
        of_h = parts_of(Dual(self.weight[D:], along), 4)
        no_state = np.zeros((N, H), dtype)
        dh = Dual(*np.zeros((2, N, self.out_features), dtype))
        dc = Dual(*np.zeros((2, N, H), dtype))
        for t in reversed(range(T)):
            before = Dual(cells[t - 1], dcells[t - 1])
            if t == 0:
                first = self._start["c"]
                before = Dual(no_state if first is None else first, dstart["c"])
            dh = dh + dC_dy[t]
            self._mask(t, dh.value, dh.tangent)
            dhidden = self._project_back_along(t, dh, dparams)
            dsums, dc = lstm_back(
                [*map(Dual, gates[t], dgates[t])],
                NO_PEEPHOLES,
                before,
                Dual(bent[t], (1 - bent[t] * bent[t]) * dcells[t]),
                dhidden,
                dc,
            )
            join(dsums, found.value[t], found.tangent[t])
            dh = brought_back(dsums, [weight.T for weight in of_h])
        swept = found, *self._swept_too_along(dtype)
        return swept, {"c": dc, "h": dh}

    def _project_back_along(self, t, dy, dparams):
        """Return the gradient by the hidden state, a `Dual` as dy."""
        return dy

    def _swept_too_along(self, dtype):
        """Return the same, as `Dual`."""
        return ()
