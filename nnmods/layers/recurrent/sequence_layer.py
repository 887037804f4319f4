"""SequenceLayer: the family of recurrent layers that take a whole sequence at once."""

import numpy as np

from nnmods.core import get_rng, reuse
from nnmods.core.dtypes import promote
from nnmods.core.remembering import Remembering
from nnmods.core.tables import held
from nnmods.layers.recurrent.recurrent_layer import RecurrentLayer
from nnmods.layers.recurrent.sequence_along import SequenceAlong
from nnmods.layers.recurrent.sequence_diagonals import SequenceDiagonals
from nnmods.layers.recurrent.sequence_examples import SequenceExamples
from nnmods.layers.recurrent.sequence_sweep import SequenceSweep
from nnmods.layers.recurrent.sequences import Sequences


class SequenceLayer(
    Remembering,
    SequenceExamples,
    SequenceDiagonals,
    SequenceAlong,
    SequenceSweep,
    Sequences,
    RecurrentLayer,
):
    """A recurrence over all steps of x in one call.

    A subclass calls ``_make_parameters``; the first rows of ``weight`` meet x, and the
    others h. It writes, for x as (T, N, in) and in rows (T * N, in):

    - ``_run(rows, start)`` fills ``self._h``, (T, N, out), from the states at the start
      by name, None for 0, and returns the last ones;
    - ``_slopes(dtype)`` returns a tuple of arrays for gradients, those of the sums in
      all gates, (T, N, sums), first;
    - ``_sweep(dC_dy, back, done)`` fills these, ``back``, step by step from the last
      one on, calls ``done(t)`` after each, and returns the gradients of the states at
      the start by name;
    - ``_products(arrays, met, back)`` yields, of arrays shaped like the parameters,
      each block whose gradient is a sum of products over time, and its two factors
      (T, N, ...): one of ``met``, and one of ``back``;
    - ``_met(x)`` returns what the parameters meet: x, h before each step, and more;
    - ``_tangents(rows, drows, dstart, dparams)`` fills ``self._dh``, like ``_h``, and
      returns what the next two need of the tangents;
    - ``_met_along(dx, dstart, tangents)`` returns the tangents of ``_met``;
    - ``_sweep_along(dC_dy, dstart, tangents, dparams)`` returns both kinds of
      gradients, each a `Dual`.

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
