"""StepLayer: the family of layers that make one step of a recurrence."""

import math

import numpy as np

from nnmods.core import check, get_rng, reuse, uniform_bound
from nnmods.core.dtypes import promote
from nnmods.core.parameters import own_parameters
from nnmods.core.recurrent_step import RecurrentStep
from nnmods.layers.recurrent.recurrent_layer import RecurrentLayer


class StepLayer(RecurrentLayer, RecurrentStep):
    """A step whose y is its state h, and whose gates are affine in x and in h.

    A subclass makes its parameters with ``_make``, and writes, on rows (N, length):

    - ``_run(x, before, h)`` writes h and returns all states, h first;
    - ``_sweep(dafter)`` returns the gradients of the sums in the gates, for the two
      below, and those of the states before;
    - ``_input_gradient(dsums, dC_dx)`` writes dC_dx;
    - ``_accumulate(x, dsums, scale)`` adds to the parameters' gradients;
    - ``_along(x, dx, dbefore, dparams, dh)`` writes dh and returns the
      tangents of all states.

    States before that are 0 come as None.
    """

    _results = (*RecurrentStep._results, "_masked")
    _masked = None

    def _make(self, **shapes):
        for name, shape in shapes.items():
            setattr(self, name, np.empty(shape, self.dtype))
            setattr(self, f"grad_{name}", np.zeros(shape, self.dtype))

    def _own(self):
        """Return two lists: its parameters, and their gradients."""
        found = list(own_parameters(self))
        return [p for _, p, _ in found], [grad for _, _, grad in found]

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
        dsums = self._swept(x, dC_dy)
        self._accumulate(self._rows(x, "x", self.y.dtype), dsums, scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        dsums = self._swept(x, dC_dy)  # once for both
        self._accumulate(self._rows(x, "x", self.y.dtype), dsums, scale)
        return self._to_input(x, dC_dy, dsums) if input_grad else None

    def _swept(self, x, dC_dy):
        """Return the gradients of the sums, and leave those of the states before."""
        self._check_last(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        after = self.after.grad
        dtype = promote(self, (dC_dy, self.y, *(after or ())))
        dafter = []
        for i, state in enumerate(self.after.value):
            grad = self.work(f"gradient by state {i}", state.shape, dtype)
            grad[...] = 0 if after is None else after[i]
            dafter.append(grad)
        total = dafter[0].reshape(dC_dy.shape)
        np.add(total, dC_dy, out=total)
        self._mask(dafter)
        dsums, self.before.grad = self._sweep(dafter)
        return dsums

    def _to_input(self, x, dC_dy, dsums):
        self.dC_dx = reuse(self.dC_dx, x.shape, np.empty(0, dsums.dtype), dC_dy, x)
        N = math.prod(x.shape[:-1])
        self._input_gradient(dsums, self.dC_dx.reshape(N, self.in_features))
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        self._check_last(x)
        check(self, "dx", dx, x.shape)
        if dparams is not None:
            for i, p in enumerate(self._own()[0]):
                check(self, f"dparams[{i}]", dparams[i], p.shape)
        dbefore = self.before.tangent
        dtype = promote(self, (dx, self.y, *(dbefore or ())))
        self._dy = reuse(self._dy, self.y.shape, np.empty(0, dtype), dx)
        N = math.prod(x.shape[:-1])
        dh = self._dy.reshape(N, self.out_features)
        rows, drows = self._rows(x, "x", dtype), self._rows(dx, "dx", dtype)
        self.after.tangent = self._along(rows, drows, dbefore, dparams, dh)
        self._mask(self.after.tangent)
        return self._dy

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
