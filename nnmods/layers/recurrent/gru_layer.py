"""GRULayer: gated recurrent units over whole sequences, all steps in one call."""

import numpy as np

from nnmods.layers.recurrent import gru_cell
from nnmods.layers.recurrent.gates import (
    by_gate,
    sums_of,
    transposes_of,
    weights_of,
)
from nnmods.layers.recurrent.gru_layer_along import GRULayerAlong
from nnmods.layers.recurrent.sequence_layer import SequenceLayer

#: Factors of the sums in the gates: none.
ONES = np.ones((3, 1), np.float32)


class GRULayer(GRULayerAlong, SequenceLayer):
    """The sweeps of `SeqGRU`: what x adds to all sums comes in one product."""

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

    def _slopes(self, dtype):
        T, N, H = self._h.shape
        return (self.work("sums", (T, N, 3 * H), dtype),)

    def _sweep(self, dC_dy, back, done):
        gates, _ = self._kept()
        T, _, N, H = gates.shape
        dtype = back[0].dtype
        steps = by_gate(back[0], 3)
        turned = transposes_of(
            self.weight[self.in_features :], 3, dtype, self.work, "transposes"
        )
        dh, spare = self.work("dh", (2, N, H), dtype)
        slopes = self.work("slopes", (3, N, H), dtype)
        parts = self.work("parts of dh", (2, N, H), dtype)
        dh[...] = 0
        for t in reversed(range(T)):
            np.add(dC_dy[t], dh, out=dh)
            self._mask(t, dh)
            before = self._h[t - 1] if t else self._start["h"]
            gru_cell.step_back(
                gates[t], before, dh, turned[:2], turned[2], slopes, parts, spare
            )
            steps[t] = slopes
            done(t)
        return {"h": dh}

    def _products(self, arrays, met, back):
        D, split = self.in_features, 2 * self.out_features
        (weight, _), (dsums,) = arrays, back
        yield weight[..., :D, :], met[0], dsums
        yield weight[..., D:, :split], met[1], dsums[..., :split]
        yield weight[..., D:, split:], met[2], dsums[..., split:]

    def _met(self, x):
        dtype, (_, reset) = self._h.dtype, self._kept()
        x = self._in_order(x, "x", dtype)
        return x, self._states_before("h", self._h, self._start["h"], dtype), reset

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
            self._mask(t, new)
            sums[t] = dgates
            h, dh = self._h[t], new
        return sums

    def _kept(self):
        """Return the gates and r h of the last forward."""
        T, N, H = self._h.shape
        gates = self.work("gates", (T, 3, N, H), self._h.dtype)
        return gates, self.work("reset", (T, N, H), self._h.dtype)
