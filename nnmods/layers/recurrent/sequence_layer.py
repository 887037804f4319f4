"""SequenceLayer: the family of recurrent layers that take a whole sequence at once."""

import numpy as np

from nnmods.core import check, get_rng, reuse
from nnmods.core.dtypes import promote
from nnmods.core.remembering import Remembering
from nnmods.core.tables import check_like, held, is_table
from nnmods.kernels.products import add_column_sums, add_product, product
from nnmods.layers.recurrent.recurrent_layer import RecurrentLayer
from nnmods.layers.recurrent.sequences import Sequences, as_rows


class SequenceLayer(Remembering, Sequences, RecurrentLayer):
    """A recurrence over all steps of x in one call.

    A subclass calls ``_make_parameters``; the first rows of ``weight`` meet x, and the
    others h. It writes, for x as (T, N, in) and in rows (T * N, in):

    - ``_run(rows, start)`` fills ``self._h``, (T, N, out), from the states at the start
      by name, None for 0, and returns the last ones;
    - ``_sweep(dC_dy)`` returns the gradients of the sums in all gates, (T, N, sums),
      and of the states at the start by name;
    - ``_accumulate_states(dsums, scale)`` adds to the gradients of what meets h;
    - ``_tangents(rows, drows, dstart, dparams)`` fills ``self._dh``, like ``_h``.

    Parameters
    ----------
    in_features, out_features : int
    batchfirst, maskzero : bool
        See `SeqLSTM`.
    """

    _results = (
        *RecurrentLayer._results,
        *Remembering._results,
        "_h",
        "_dh",
        "_start",
    )
    _results += ("_masked", "_buffer")
    _h = _dh = _start = _masked = _buffer = None

    def __init__(self, in_features, out_features, batchfirst, maskzero, dtype):
        super().__init__(in_features, out_features, dtype)
        self.batchfirst, self.maskzero = bool(batchfirst), bool(maskzero)

    def reset(self, rng=None, stdv=None):
        """Redraw the parameters in place, and return self.

        Weights are normal, of standard deviation ``stdv`` where that is given. The
        bias is 1 in the gate that keeps the state, and 0 in all others.
        """
        self._draw(get_rng(rng), stdv)
        keeping = self._size_of(self.STATES[0])
        self.bias[...] = 0
        self.bias[keeping : 2 * keeping] = 1
        return self

    def _make_parameters(self, sums):
        """Make what x and h are multiplied with, for the sums in all gates."""
        rows = self.in_features + self.out_features
        self.weight = np.empty((rows, sums), self.dtype)
        self.bias = np.empty(sums, self.dtype)
        self.grad_weight = np.zeros(self.weight.shape, self.weight.dtype)
        self.grad_bias = np.zeros(self.bias.shape, self.bias.dtype)

    def _draw(self, rng, stdv):
        if stdv is None:
            stdv = 1 / np.sqrt(max(self.in_features + self.out_features, 1))
        self.weight[...] = rng.normal(0, stdv, self.weight.shape)

    def forget(self):
        self._end = None
        return self

    def forward(self, x):
        seq, given = self._taken("x", x)
        dtype = promote(self, (seq, self.weight, *given.values()))
        start = self._begin(given, seq.shape[1], dtype)
        shape = *seq.shape[:2], self.out_features
        self._h = reuse(self._h, shape, np.empty(0, dtype), seq)
        self._x, self._start, self._masked = None, start, None
        if self.maskzero:
            self._masked = self._zeros(seq)
        self._end = self._run(self._rows(seq, "x", dtype), start)
        self._x = held(x)
        self.y = self._outward(self._h, x)
        return self.y

    def backward(self, x, dC_dy):
        return self._input_gradient(dC_dy, *self._swept(x, dC_dy))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._accumulate(self._swept(x, dC_dy)[0], scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dsums, dstart = self._swept(x, dC_dy)  # once for both
        dC_dx = self._input_gradient(dC_dy, dsums, dstart) if input_grad else None
        self._accumulate(dsums, scale)
        return dC_dx

    def jvp(self, x, dx, dparams=None):
        self._check_last(x)
        seq, _ = self._taken("x", x)
        check_like(self, "dx", dx, x)
        dseq, dstart = self._taken("dx", dx)
        if dparams is not None:
            for i, p in enumerate(self.parameters()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
        dtype = promote(self, (self._h, dseq, *dstart.values()))
        self._dh = reuse(self._dh, self._h.shape, np.empty(0, dtype), dseq)
        dstart = {name: dstart.get(name) for name in self.STATES}
        rows, drows = self._rows(seq, "x", dtype), self._rows(dseq, "dx", dtype)
        self._tangents(rows, drows, dstart, dparams)
        self._dy = self._outward(self._dh, x)
        return self._dy

    def _swept(self, x, dC_dy):
        self._check_last(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        return self._sweep(self._inward(dC_dy))

    def _input_gradient(self, dC_dy, dsums, dstart):
        """Return dC_dx, a table if x is one."""
        shape = *self._h.shape[:2], self.in_features
        self._buffer = reuse(self._buffer, shape, dsums, dC_dy)
        weight = self.weight[: self.in_features]
        product(as_rows(dsums), weight.T, as_rows(self._buffer))
        x = self._x
        self.dC_dx = self._outward(self._buffer, x)
        if is_table(x):
            names = self.STATES[1 - len(x) :]
            single = x[-1].ndim == 2
            states = [dstart[name][0] if single else dstart[name] for name in names]
            self.dC_dx = [*states, self.dC_dx]
        return self.dC_dx

    def _accumulate(self, dsums, scale):
        seq, _ = self._taken("x", self._x)
        rows, sums = self._rows(seq, "x", self._h.dtype), as_rows(dsums)
        add_product(rows.T, sums, scale, self.grad_weight[: self.in_features])
        add_column_sums(sums, scale, self.grad_bias)
        self._accumulate_states(dsums, scale)

    def _begin(self, given, N, dtype):
        """Return the states at the start by name, in memory of their own, or None."""
        kept = self._end if self.recalls() else None
        start = dict.fromkeys(self.STATES)
        for name in self.STATES:
            state = given.get(name) if kept is None else given.get(name, kept[name])
            if state is None:
                continue
            if len(state) != N:
                raise ValueError(
                    f"{self!r}: x has {N} sequences, expected {len(state)}, those of "
                    "the last call; forget() drops their states"
                )
            size = self._size_of(name)
            start[name] = self.work(f"first {name}", (N, size), dtype)
            start[name][...] = state
        return start

    def __repr__(self):
        name, sizes = type(self).__name__, self._sizes()
        options = ", batchfirst=True" if self.batchfirst else ""
        options += ", maskzero=True" if self.maskzero else ""
        return f"{name}({' -> '.join(map(str, sizes))}{options})"

    def _sizes(self):
        return self.in_features, self.out_features
