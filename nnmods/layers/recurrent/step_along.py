"""StepAlong: one step of a recurrence, along a direction."""

import math

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.dtypes import promote
from nnmods.core.workspace import Workspace
from nnmods.layers.recurrent.dual import Dual, brought_back


class StepAlong:
    """The part of a `StepLayer` that goes along a direction, ahead and back.

    `backprop_jvp` takes the gradients that came from the step after, with their
    tangents, and hands the tangents on to the step before. What the parameters met, m,
    and the gradients of the sums, s, make a gradient s.T @ m, which changes by
    ds.T @ m + s.T @ dm.
    """

    _along_work = None
    _results = ("_along_work",)

    def jvp(self, x, dx, dparams=None):
        self._check_direction(x, dx, dparams)
        dbefore = self.before.tangent
        dtype = promote(self, (dx, self.y, *(dbefore or ())))
        self._dy = reuse(self._dy, self.y.shape, np.empty(0, dtype), dx)
        dh = self._dy.reshape(math.prod(x.shape[:-1]), self.out_features)
        rows, drows = self._rows(x, "x", dtype), self._rows(dx, "dx", dtype)
        dstates, _ = self._along(rows, drows, dbefore, dparams, dh, self.work)
        self._mask(dstates)
        self.after.tangent = dstates
        return self._dy

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        still = np.zeros(dC_dy.shape, dC_dy.dtype)
        return self.backprop_jvp(x, dC_dy, dx, still, dparams, scale)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        self._check_direction(x, dx, dparams)
        check(self, "dC_dy", dC_dy, self.y.shape)
        check(self, "ddC_dy", ddC_dy, self.y.shape)
        carry = self.after
        dafter = [
            *map(
                Dual,
                self._arriving("gradient again", dC_dy, carry.grad),
                self._arriving("its tangent", ddC_dy, carry.grad_tangent),
            )
        ]
        drows = self._rows(dx, "dx", promote(self, (dx, self.y)))
        before = self.before.tangent
        dsums, dbefore, met = self._turned(x, drows, before, dparams, dafter)
        self.before.grad_tangent = [grad.tangent for grad in dbefore]
        self._accumulate([dsum.tangent for dsum in dsums], self._met_by(x), scale)
        self._accumulate([dsum.value for dsum in dsums], met, scale)
        back = self._to_rows(dsums, dparams).tangent
        self._ddC_dx = reuse(self._ddC_dx, x.shape, back, dC_dy, dx)
        self._ddC_dx[...] = back.reshape(x.shape)
        return self._ddC_dx

    def _turned(self, x, drows, dbefore, dparams, dafter):
        """Return the gradients of sums and states before, and the tangents of `_met`.

        Memory of the last `jvp` and `backward`, which other steps may read, stays as
        it is.
        """
        self._along_work = work = self._along_work or Workspace()
        dtype = promote(self, (drows, self.y, *(dbefore or ())))
        rows, drows = self._rows(x, "x", dtype), drows.astype(dtype, copy=False)
        dh = work("dh", (len(rows), self.out_features), dtype)
        dstates, dgates = self._along(rows, drows, dbefore, dparams, dh, work)
        self._mask(dstates)
        dsums, grads = self._back_along(
            dafter, dbefore, dgates, dstates, self._with_directions(dparams)
        )
        return dsums, grads, self._met_along(drows, dbefore, dgates, dstates)

    def _with_directions(self, dparams):
        """Return its parameters by gate, each a `Dual`."""
        parts = self._by_gate(self._own()[0])
        along = [(None,) * 4] * len(parts)
        if dparams is not None:
            along = self._by_gate(dparams)
        return [
            [p if p is None else Dual(p, dp) for p, dp in zip(*pair, strict=True)]
            for pair in zip(parts, along, strict=True)
        ]

    def _to_rows(self, dsums, dparams):
        """Return the gradient by x, in rows."""
        parts = self._with_directions(dparams)
        return brought_back(dsums, [part[0] for part in parts])
