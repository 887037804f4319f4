"""LSTMStep: the family of layers that make one step of long short-term memory."""

import numpy as np

from nnmods.layers.recurrent import peephole_cell
from nnmods.layers.recurrent.cells_back import lstm_back
from nnmods.layers.recurrent.dual import Dual, brought_back
from nnmods.layers.recurrent.step_layer import StepLayer


class LSTMStep(StepLayer):
    """One step of an LSTM, whatever arrays its parameters are in.

    A subclass writes ``_by_gate(arrays)``, for the gates i, f, o, g in this order.
    """

    def _run(self, x, before, h):
        gates, (c, bent), spare = self._kept(len(x), h.dtype)
        h_before, c_before = before or (None, None)
        parts = self._by_gate(self._own()[0])
        for gate, (weight, bias, feedback, _) in zip(gates, parts, strict=True):
            np.matmul(x, weight.T, out=gate)
            np.add(gate, bias, out=gate)
            if h_before is not None:
                np.add(gate, np.matmul(h_before, feedback.T, out=spare), out=gate)
        peepholes = [part[3] for part in parts]
        peephole_cell.step(gates, peepholes, c_before, c, bent, h, spare)
        return [h, c]

    def _met(self, x):
        h, c = self.before.value or (None, None)
        seen = c, c, self.after.value[1], None
        return [(x, True, h, cell) for cell in seen]

    def _sweep(self, dafter):
        dh, dc = dafter
        gates, (_, bent), _ = self._kept(len(dh), self.y.dtype)
        _, c_before = self.before.value or (None, None)
        shape, dtype = dh.shape, dh.dtype
        dsums = self.work("dsums", (4, *shape), dtype)
        grads = self.work("gradients before", (2, *shape), dtype)
        spare = self.work("spare of gradients", shape, dtype)
        parts = self._by_gate(self._own()[0])
        peepholes, (dh_before, dc_before) = [part[3] for part in parts], grads
        peephole_cell.step_back(
            gates, peepholes, c_before, bent, dh, dc, dsums, dc_before, spare
        )
        dh_before[...] = 0
        for dsum, (_, _, feedback, _) in zip(dsums, parts, strict=True):
            np.add(dh_before, np.matmul(dsum, feedback, out=spare), out=dh_before)
        return dsums, list(grads)

    def _along(self, x, dx, dbefore, dparams, dh, work):
        gates, (c, bent), _ = self._kept(len(x), self.y.dtype)
        h_before, c_before = self.before.value or (None, None)
        dh_before, dc_before = dbefore or (None, None)
        parts = self._by_gate(self._own()[0])
        dgates = work("dgates", gates.shape, dh.dtype)
        dc, spare = work("tangents", (2, *dh.shape), dh.dtype)
        dgates[...] = 0
        self._add_sums(dgates, parts, dx, False, dh_before)
        directions = [None] * 4
        if dparams is not None:
            along = self._by_gate(dparams)
            self._add_sums(dgates, along, x, True, h_before)
            directions = [part[3] for part in along]
        peephole_cell.step_along(
            gates,
            [part[3] for part in parts],
            directions,
            c_before,
            dc_before,
            c,
            bent,
            dgates,
            dc,
            dh,
            spare,
        )
        return [dh, dc], dgates

    def _met_along(self, dx, dbefore, dgates, dstates):
        h, c = dbefore or (None, None)
        seen = c, c, dstates[1], None
        return [(dx, False, h, cell) for cell in seen]

    def _back_along(self, dafter, dbefore, dgates, dstates, parts):
        dh, dc = dafter
        gates, (_, bent), _ = self._kept(len(dh.value), self.y.dtype)
        cell = Dual(np.zeros_like(bent))
        if self.before.value is not None:
            cell = Dual(self.before.value[1], dbefore and dbefore[1])
        dbent = None if dstates is None else (1 - bent * bent) * dstates[1]
        dsums, dc_before = lstm_back(
            [*map(Dual, gates, dgates)],
            [part[3] for part in parts],
            cell,
            Dual(bent, dbent),
            dh,
            dc,
        )
        return dsums, [brought_back(dsums, [part[2] for part in parts]), dc_before]

    def _kept(self, N, dtype):
        """Return the gates, the cell with its tanh, and scratch."""
        H = self.out_features
        gates = self.work("gates", (4, N, H), dtype)
        cells = self.work("cells", (2, N, H), dtype)
        return gates, cells, self.work("spare", (N, H), dtype)
