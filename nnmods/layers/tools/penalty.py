"""Penalty: the family of modules that pass x on, and add to the gradient."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.layers.tools.passing import Passing


class Penalty(Passing):
    """Pass x on, and add the gradient s(x) of a penalty that is no part of y.

    ::

        dC_dx   = dC_dy + s(x)                      or s(x) alone
        ddC_dx  = ddC_dy + ds/dx dx                 or ds/dx dx alone
        d2C_dx2 = d2C_dy2 (+ the diagonal of ds/dx) or that diagonal alone

    A subclass writes `gradient`, and `hvp`, which is ds/dx dx, if s is curved.

    Attributes
    ----------
    provide_output : bool
        Whether dC_dy goes on.
    """

    provide_output = True

    def direction(self, x, dx):
        return self._passed("dy", dx)

    def curvature(self, x, d2C_dy2, dC_dy):
        return self._passed("d2C_dx2", d2C_dy2)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        # backward(x, ddC_dy) would add s once more, which does not depend on dC_dy.
        self.check_x(x)
        for name, values in (("dC_dy", dC_dy), ("dx", dx), ("ddC_dy", ddC_dy)):
            check(self, name, values, x.shape)
        through, turned = self._passed("ddC_dx", ddC_dy), self.hvp(x, dC_dy, dx)
        if turned is None:
            return through
        self._ddC_dx = out = reuse(self._ddC_dx, x.shape, through, turned, module=self)
        return np.add(through, turned, out=out)

    def _passed(self, name, values):
        """Return values if dC_dy goes on, else zeros in scratch."""
        if self.provide_output:
            return values
        dtype = values.dtype if values.dtype.kind == "f" else self.dtype
        zeros = self.work(name, values.shape, dtype)
        zeros.fill(0)
        return zeros
