"""LSTMStep: the family of layers that make one step of long short-term memory."""

import numpy as np

from nnmods.kernels.products import add_column_sums, add_product
from nnmods.layers.recurrent import peephole_cell
from nnmods.layers.recurrent.step_layer import StepLayer


class LSTMStep(StepLayer):
    """One step of an LSTM, whatever arrays its parameters are in.

    A subclass writes ``_by_gate(arrays)``: of arrays shaped like the parameters, in
    their order, it returns for each of the gates i, f, o, g what meets x (H, in), the
    bias (H,), what meets h (H, H), and what multiplies the cell (H,), or None.
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

    def _input_gradient(self, dsums, dC_dx):
        spare = self.work("part of dC_dx", dC_dx.shape, dC_dx.dtype)
        dC_dx[...] = 0
        parts = self._by_gate(self._own()[0])
        for dsum, (weight, _, _, _) in zip(dsums, parts, strict=True):
            np.add(dC_dx, np.matmul(dsum, weight, out=spare), out=dC_dx)

    def _accumulate(self, x, dsums, scale):
        h_before, c_before = self.before.value or (None, None)
        _, (c, _), _ = self._kept(len(x), self.y.dtype)
        seen = c_before, c_before, c, None
        product = self.work("dsum times cell", dsums.shape[1:], dsums.dtype)
        grads = self._by_gate(self._own()[1])
        for dsum, cell, grad in zip(dsums, seen, grads, strict=True):
            add_product(dsum.T, x, scale, grad[0])
            add_column_sums(dsum, scale, grad[1])
            if h_before is not None:
                add_product(dsum.T, h_before, scale, grad[2])
            if cell is not None and grad[3] is not None:
                add_column_sums(np.multiply(dsum, cell, out=product), scale, grad[3])

    def _along(self, x, dx, dbefore, dparams, dh):
        gates, (c, bent), _ = self._kept(len(x), self.y.dtype)
        h_before, c_before = self.before.value or (None, None)
        dh_before, dc_before = dbefore or (None, None)
        parts = self._by_gate(self._own()[0])
        nothing = [(None,) * 4] * 4
        directions = nothing if dparams is None else self._by_gate(dparams)
        dgates = self.work("dgates", gates.shape, dh.dtype)
        dc, spare = self.work("tangents", (2, *dh.shape), dh.dtype)
        for dgate, part, along in zip(dgates, parts, directions, strict=True):
            np.matmul(dx, part[0].T, out=dgate)
            for rows, weight in (
                (dh_before, part[2]),
                (x, along[0]),
                (h_before, along[2]),
            ):
                if rows is not None and weight is not None:
                    np.add(dgate, np.matmul(rows, weight.T, out=spare), out=dgate)
            if along[1] is not None:
                np.add(dgate, along[1], out=dgate)
        peephole_cell.step_along(
            gates,
            [part[3] for part in parts],
            [along[3] for along in directions],
            c_before,
            dc_before,
            c,
            bent,
            dgates,
            dc,
            dh,
            spare,
        )
        return [dh, dc]

    def _kept(self, N, dtype):
        """Return the gates, the cell with its tanh, and scratch."""
        H = self.out_features
        gates = self.work("gates", (4, N, H), dtype)
        cells = self.work("cells", (2, N, H), dtype)
        return gates, cells, self.work("spare", (N, H), dtype)
