"""StepLayer: the family of layers that make one step of a recurrence."""

import math

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.dtypes import promote
from nnmods.core.parameters import own_parameters
from nnmods.core.recurrent_step import RecurrentStep
from nnmods.kernels.products import add_column_sums, add_product
from nnmods.layers.recurrent.recurrent_layer import RecurrentLayer
from nnmods.layers.recurrent.step_along import StepAlong
from nnmods.layers.recurrent.step_diagonals import StepDiagonals
from nnmods.layers.recurrent.step_examples import StepExamples


class StepLayer(StepExamples, StepDiagonals, StepAlong, RecurrentLayer, RecurrentStep):
    """A step whose y is its state h, and whose gates are affine in x and in h.

    A subclass makes its parameters with ``_make``, and writes, on rows (N, length):

    - ``_by_gate(arrays)`` takes arrays shaped like the parameters, in their order, and
      returns views: for each gate of what meets x (H, in), the bias (H,), what meets
      the state (H, H), and what multiplies a cell (H,), which may be None;
    - ``_met(x)`` returns for each gate what these four meet: x, True, the state and
      the cell, where None stands for 0;
    - ``_run(x, before, h)`` writes h and returns all states, h first;
    - ``_sweep(dafter)`` returns the gradients of the sums in the gates, and those of
      the states before;
    - ``_along(x, dx, dbefore, dparams, dh, work)`` writes dh and returns the tangents
      of all states, and of the gates;
    - ``_met_along(dx, dbefore, dgates, dstates)`` returns the tangents of ``_met``,
      with False for the bias;
    - ``_back_along(dafter, dbefore, dgates, dstates, parts)`` does what ``_sweep``
      does, with each a list of `Dual`.

    States before that are 0 come as None.
    """

    _results = (*RecurrentStep._results, *StepAlong._results, "_masked")
    _masked = None

    def _make(self, **shapes):
        for name, shape in shapes.items():
            setattr(self, name, np.empty(shape, self.dtype))
            setattr(self, f"grad_{name}", np.zeros(shape, self.dtype))

    def reset(self, rng=None, stdv=None):
        """Redraw the parameters in place, and return self.

        All are uniform, on +-1 / sqrt(fan-in), or of standard deviation ``stdv``.
        """
        rng = get_rng(rng)
        for name, p, _ in own_parameters(self):
            fan_in = self.out_features
            if name.startswith(("weight", "bias")):
                fan_in = self.in_features
            bound = uniform_bound(stdv, fan_in)
            p[...] = rng.uniform(-bound, bound, p.shape)
        return self

    def forward(self, x):
        check(self, "x", x, (..., self.in_features))
        N, H = math.prod(x.shape[:-1]), self.out_features
        before = self.entering(N)
        dtype = promote(self, (x, *self._own()[0][:1], *(before or ())))
        self._x = None
        self.y = reuse(self.y, (*x.shape[:-1], H), np.empty(0, dtype), x)
        rows = self._rows(x, "x", dtype)
        self._left = self.after.value = self._run(rows, before, self.y.reshape(N, H))
        self._masked = ~rows.any(axis=1) if self.maskzero else None
        self._mask(self.after.value)
        self._x = x
        return self.y

    def backward(self, x, dC_dy):
        return self._to_input(x, dC_dy, self._swept(x, dC_dy))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._accumulate(self._swept(x, dC_dy), self._met_by(x), scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dsums = self._swept(x, dC_dy)  # once for both
        self._accumulate(dsums, self._met_by(x), scale)
        return self._to_input(x, dC_dy, dsums) if input_grad else None

    def _swept(self, x, dC_dy):
        """Return the gradients of the sums, and leave those of the states before."""
        self._check_last(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        dafter = self._arriving("gradient", dC_dy, self.after.grad)
        dsums, self.before.grad = self._sweep(dafter)
        return dsums

    def _arriving(self, name, dC_dy, from_after):
        """Return what comes to each state, from y and from the step after."""
        dtype = promote(self, (dC_dy, self.y, *(from_after or ())))
        dafter = []
        for i, state in enumerate(self.after.value):
            total = self.work(f"{name} by state {i}", state.shape, dtype)
            total[...] = 0 if from_after is None else from_after[i]
            dafter.append(total)
        total = dafter[0].reshape(dC_dy.shape)
        np.add(total, dC_dy, out=total)
        self._mask(dafter)
        return dafter

    def _to_input(self, x, dC_dy, dsums):
        self.dC_dx = reuse(self.dC_dx, x.shape, np.empty(0, dsums.dtype), dC_dy, x)
        rows = math.prod(x.shape[:-1]), self.in_features
        total = self.dC_dx.reshape(rows)
        total[...] = 0
        spare = self.work("part of dC_dx", rows, total.dtype)
        parts = self._by_gate(self._own()[0])
        for dsum, (weight, *_) in zip(dsums, parts, strict=True):
            np.add(total, np.matmul(dsum, weight, out=spare), out=total)
        return self.dC_dx

    def _accumulate(self, dsums, met, scale):
        """Add to the parameters' gradients what those of the sums and ``met`` make."""
        grads = self._by_gate(self._own()[1])
        for dsum, (x, one, h, cell), of in zip(dsums, met, grads, strict=True):
            add_product(dsum.T, x, scale, of[0])
            if one:
                add_column_sums(dsum, scale, of[1])
            if h is not None:
                add_product(dsum.T, h, scale, of[2])
            if cell is not None and of[3] is not None:
                product = self.work("dsum times cell", dsum.shape, dsum.dtype)
                add_column_sums(np.multiply(dsum, cell, out=product), scale, of[3])

    def _add_sums(self, sums, parts, x, one, h):
        """Add to the sums in all gates, (gates, N, H), what x, bias and state make."""
        part = self.work("part of a sum", sums.shape[1:], sums.dtype)
        for total, (of_x, of_one, of_h, _) in zip(sums, parts, strict=True):
            np.add(total, np.matmul(x, of_x.T, out=part), out=total)
            if one:
                np.add(total, of_one, out=total)
            if h is not None:
                np.add(total, np.matmul(h, of_h.T, out=part), out=total)

    def _met_by(self, x):
        """Return what each parameter met in the last `forward`."""
        return self._met(self._rows(x, "x", self.y.dtype))

    def _mask(self, states):
        """Set states, or what stands for them, to 0 in the rows that are masked."""
        if self._masked is not None:
            for state in states:
                state[self._masked] = 0

    def _rows(self, x, name, dtype):
        """Return x as a matrix in C order."""
        rows = math.prod(x.shape[:-1]), self.in_features
        return self._in_order(x, name, dtype).reshape(rows)

    def __repr__(self):
        sizes = f"{self.in_features} -> {self.out_features}"
        options = ", maskzero=True" if self.maskzero else ""
        return f"{type(self).__name__}({sizes}{self._options()}{options})"

    def _options(self):
        """Return what else the repr shows."""
        return ""
