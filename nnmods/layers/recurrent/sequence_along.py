"""SequenceAlong: layers that take a whole sequence, along a direction."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.dtypes import promote
from nnmods.core.leaves import leaves
from nnmods.kernels.products import add_column_sums
from nnmods.layers.recurrent.dual import Dual
from nnmods.layers.recurrent.sequences import as_rows


class SequenceAlong:
    """The part of a `SequenceLayer` that goes along a direction, ahead and back.

    The tangents of all states come first, from the first step to the last. `hvp` then
    takes the gradients with their tangents from the last to the first. What the
    parameters met, m, and the gradients of the sums, s, make a gradient m.T @ s, which
    changes by dm.T @ s + m.T @ ds.
    """

    def jvp(self, x, dx, dparams=None):
        self._check_direction(x, dx, dparams)
        dseq, _ = self._taken("dx", dx)
        dtype = promote(self, (self._h, *leaves(dx)))
        self._dh = reuse(self._dh, self._h.shape, np.empty(0, dtype), dseq)
        self._run_along(x, dx, dparams)
        self._dy = self._outward(self._dh, x)
        return self._dy

    def _run_along(self, x, dx, dparams):
        """Fill ``_dh``, and return the tangents at the start, and of the gates."""
        (seq, _), (dseq, given) = self._taken("x", x), self._taken("dx", dx)
        dtype, dstart = self._dh.dtype, {name: given.get(name) for name in self.STATES}
        rows, drows = self._rows(seq, "x", dtype), self._rows(dseq, "dx", dtype)
        return dstart, self._tangents(rows, drows, dstart, dparams)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        self._check_direction(x, dx, dparams)
        check(self, "dC_dy", dC_dy, self.y.shape)
        last, dtype = self._dh, promote(self, (self._h, *leaves(dx)))
        self._dh = self.work("tangents of states", self._h.shape, dtype)
        try:
            back, dstart, met = self._turned(x, dC_dy, dx, dparams)
        finally:
            self._dh = last  # the memory of `_dy`
        seq, _ = self._taken("x", x)
        grads = self._own()[1]
        dback = [dual.tangent for dual in back]
        self._add_products(grads, self._met(seq), dback, scale)
        self._add_products(grads, met, [dual.value for dual in back], scale)
        add_column_sums(as_rows(dback[0]), scale, self.grad_bias)
        return self._turned_input(back[0], dstart, dparams)

    def _turned(self, x, dC_dy, dx, dparams):
        """Return gradients with tangents, and the tangents of `_met`."""
        dstart, tangents = self._run_along(x, dx, dparams)
        dC_dy = self._inward(dC_dy)
        back, dback = self._sweep_along(dC_dy, dstart, tangents, dparams)
        dseq, _ = self._taken("dx", dx)
        return back, dback, self._met_along(dseq, dstart, tangents)

    def _turned_input(self, dsums, dstart, dparams):
        D = self.in_features
        along = None if dparams is None else dparams[0][:D].T
        ddx = (dsums @ Dual(self.weight[:D].T, along)).tangent
        states = {name: dual.tangent for name, dual in dstart.items()}
        return self._like_x(ddx, states)
