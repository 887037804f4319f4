"""GRULayerAlong: the way back through gated recurrent units, along a direction."""

import numpy as np

from nnmods.core.dtypes import promote
from nnmods.layers.recurrent.cells_back import gru_back
from nnmods.layers.recurrent.dual import Dual
from nnmods.layers.recurrent.gates import join, parts_of


class GRULayerAlong:
    """The part of a `GRULayer` for second derivatives."""

    def _met_along(self, dx, dstart, dgates):
        dtype, (gates, _) = self._dh.dtype, self._kept()
        dx = self._in_order(dx, "dx", dtype)
        h = self._states_before("h", self._h, self._start["h"], dtype)
        dh = self._states_before("dh", self._dh, dstart["h"], dtype)
        reset = Dual(gates[:, 0], dgates[:, 0]) * Dual(h, dh)
        return dx, dh, reset.tangent

    def _sweep_along(self, dC_dy, dstart, dgates, dparams):
        gates, _ = self._kept()
        T, _, N, H = gates.shape
        D, dtype = self.in_features, promote(self, (dC_dy, self._h, dgates))
        found = Dual(*self.work("sums with tangents", (2, T, N, 3 * H), dtype))
        along = None if dparams is None else dparams[0][D:]
        of_h = parts_of(Dual(self.weight[D:], along), 3)
        no_state = np.zeros((N, H), dtype)
        dh = Dual(*np.zeros((2, N, H), dtype))
        for t in reversed(range(T)):
            before = Dual(self._h[t - 1], self._dh[t - 1])
            if t == 0:
                first = self._start["h"]
                before = Dual(no_state if first is None else first, dstart["h"])
            dh = dh + dC_dy[t]
            self._mask(t, dh.value, dh.tangent)
            duals = [*map(Dual, gates[t], dgates[t])]
            dsums, dh = gru_back(duals, before, dh, of_h)
            join(dsums, found.value[t], found.tangent[t])
        return (found,), {"h": dh}
