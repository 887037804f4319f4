"""LSTMLayer: the family of LSTMs over whole sequences, all steps in one call."""

import numpy as np

from nnmods.kernels.pipeline import pipeline
from nnmods.layers.recurrent import lstm_cell
from nnmods.layers.recurrent.gates import (
    by_gate,
    sums_filler,
    sums_of,
    transposes_of,
    weights_of,
)
from nnmods.layers.recurrent.lstm_layer_along import LSTMLayerAlong
from nnmods.layers.recurrent.sequence_layer import SequenceLayer

#: Factors of the sums in the gates: the logistic function takes half of them.
HALVES = np.array([[0.5], [0.5], [0.5], [1]], np.float32)
ONES = np.ones((4, 1), np.float32)


class LSTMLayer(LSTMLayerAlong, SequenceLayer):
    """An LSTM whose output is its hidden state, or made of it.

    What x adds to the sums in all gates is one product for all steps, and so are the
    gradients of the weight. A step adds the part of h, in a product for each gate: it
    so becomes an array in one piece, and BLAS is quickest with short products.

    A subclass may put a product between the hidden state and y, in the methods that
    end this class.
    """

    STATES = ("c", "h")

    def _run(self, rows, start):
        gates, (cells, bent) = self._kept()
        T, _, N, H = gates.shape
        hidden = self._hidden()
        D, work, dtype = self.in_features, self.work, gates.dtype
        fill = sums_filler(rows, self.weight[:D], self.bias, HALVES, gates, work)
        of_h = weights_of(self.weight[D:], HALVES, dtype, work, "weight of h")
        part, spare = work("part", (4, N, H), dtype), work("spare", (N, H), dtype)
        stages, lanes = self._stages(T, D * T * N * 4 * H)

        def lead(done):
            for steps in stages:
                fill(steps)
                done()

        def follow(i):
            for t in range(T)[stages[i]]:
                now, (h, c) = gates[t], before(t)
                if h is not None:
                    np.add(now, np.matmul(h, of_h, out=part), out=now)
                lstm_cell.activate(now)
                self._mask(t, now)
                lstm_cell.step(now, c, cells[t], bent[t], hidden[t], spare)
                self._project(t)

        def before(t):
            return (self._h[t - 1], cells[t - 1]) if t else (start["h"], start["c"])

        pipeline(lead, follow, lanes)
        h, c = before(T)
        return {"c": c, "h": h}

    def _slopes(self, dtype):
        T, N, _ = self._h.shape
        dsums = self.work("sums", (T, N, 4 * self._size_of("c")), dtype)
        return dsums, *self._swept_too(dtype)

    def _sweep(self, dC_dy, back, done):
        gates, (cells, bent) = self._kept()
        T, _, N, H = gates.shape
        R, dtype = self.out_features, back[0].dtype
        steps = by_gate(back[0], 4)
        turned = transposes_of(
            self.weight[self.in_features :], 4, dtype, self.work, "transposes"
        )
        dh, dc = self.work("dh", (N, R), dtype), self.work("dc", (N, H), dtype)
        slopes, spare = self.work("slopes", (2, 4, N, H), dtype)
        parts = self.work("parts of dh", (4, N, R), dtype)
        dh[...] = dc[...] = 0
        for t in reversed(range(T)):
            np.add(dC_dy[t], dh, out=dh)
            self._mask(t, dh)
            before = cells[t - 1] if t else self._start["c"]
            dhidden = self._project_back(t, dh)
            lstm_cell.step_back(gates[t], before, bent[t], dhidden, dc, slopes, spare)
            steps[t] = slopes
            np.matmul(slopes, turned, out=parts)
            np.add(parts[:2], parts[2:], out=parts[:2])
            np.add(parts[0], parts[1], out=dh)
            done(t)
        return {"c": dc, "h": dh}

    def _products(self, arrays, met, back):
        D, weight = self.in_features, arrays[0]
        yield weight[..., :D, :], met[0], back[0]
        yield weight[..., D:, :], met[1], back[0]

    def _met(self, x):
        dtype = self._h.dtype
        x = self._in_order(x, "x", dtype)
        return x, self._states_before("h", self._h, self._start["h"], dtype)

    def _tangents(self, rows, drows, dstart, dparams):
        gates, (cells, bent) = self._kept()
        T, _, N, H = gates.shape
        D, work, dtype = self.in_features, self.work, self._dh.dtype
        sums = sums_of(drows, (T, N), self.weight[:D], None, ONES, work, "of dx")
        of_h = [weights_of(self.weight[D:], ONES, dtype, work, "weight of dh")]
        if dparams is not None:
            dweight, dbias, *_ = dparams
            sums += sums_of(rows, (T, N), dweight[:D], dbias, ONES, work, "of x")
            of_h.append(weights_of(dweight[D:], ONES, dtype, work, "dweight of h"))
        dgates, part = work("dgates", (2, 4, N, H), dtype)
        dhidden, spare = work("tangents", (2, N, H), dtype)
        dcells = work("tangents of cells", (T, N, H), dtype)
        h, dh, dc_before = self._start["h"], dstart["h"], dstart["c"]
        for t in range(T):
            dgates[...] = sums[t]
            for state, weight in zip((dh, h), of_h, strict=False):
                if state is not None:
                    np.add(dgates, np.matmul(state, weight, out=part), out=dgates)
            before = cells[t - 1] if t else self._start["c"]
            lstm_cell.step_along(
                gates[t], before, bent[t], dgates, dc_before, dcells[t], dhidden, spare
            )
            sums[t] = dgates
            self._project_along(t, dhidden, dparams)
            h, dh, dc_before = self._h[t], self._dh[t], dcells[t]
        return sums, dcells

    def _kept(self):
        """Return the gates, and the cells with their tanh, of the last forward."""
        T, N, _ = self._h.shape
        H, dtype = self._size_of("c"), self._h.dtype
        gates = self.work("gates", (T, 4, N, H), dtype)
        return gates, self.work("cells", (2, T, N, H), dtype)

    # What is between the hidden state and y: nothing, unless a subclass has it.

    def _hidden(self):
        """Return the hidden states, (T, N, H)."""
        return self._h

    def _project(self, t):
        """Make y of step t of its hidden state."""

    def _project_back(self, t, dy):
        """Return the gradient by the hidden state of step t."""
        return dy

    def _project_along(self, t, dhidden, dparams):
        """Make the tangent of y at step t of that of the hidden state."""
        self._dh[t] = dhidden

    def _swept_too(self, dtype):
        """Return a tuple of what else ``_slopes`` returns."""
        return ()
