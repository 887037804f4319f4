"""SoftPlus: a smooth positive part."""

import numpy as np

from nnmods.activations.masks import cut
from nnmods.activations.options import as_number
from nnmods.core import Elementwise

#: The value of beta * x above which Torch7 takes y = x.
LINEAR_ABOVE = 20.0


class SoftPlus(Elementwise):
    """Smooth positive part, entry by entry.

    ::

        y      = log(1 + exp(beta * x)) / beta,  x where beta * x > 20
        dC_dx  = (1 - exp(-beta * y)) * dC_dy,   dC_dy where beta * y > 20
        ddC_dx = beta * exp(-beta * y) * (1 - exp(-beta * y)) * dx * dC_dy, 0 there

    The larger ``beta``, the closer to max(x, 0). The linear part is Torch7's rule; it
    is off by 2e-9 / beta at most.

    Parameters
    ----------
    beta : float, default=1.0

    Raises
    ------
    TypeError
        If ``beta`` is not a real number.
    ValueError
        If ``beta`` is not positive and finite.

    Examples
    --------
    >>> SoftPlus()(np.array([-np.inf, 0.0, 1e30]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+30])
    """

    piecewise = True

    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = as_number(self, "beta", beta, 1.0)
        if not 0 < self.beta < np.inf:
            raise ValueError(f"SoftPlus: beta is {beta!r}, expected 0 < beta < inf")

    def f(self, x, out):
        scaled = x if self.beta == 1 else np.multiply(x, self.beta, out=out)
        linear = self._linear(np.greater, scaled, LINEAR_ABOVE)
        if linear is not None:
            cut(scaled, None, LINEAR_ABOVE, out, self.work)
            scaled = out
        np.exp(scaled, out=out, dtype=out.dtype)
        np.log1p(out, out=out)
        if self.beta != 1:
            np.divide(out, self.beta, out=out)
        if linear is not None:
            np.copyto(out, x, where=linear)

    def df(self, x, y, out):
        np.multiply(y, -self.beta, out=out)
        linear = self._linear(np.less, out, -LINEAR_ABOVE)
        np.expm1(out, out=out)  # not 1 - exp: far below 0 that leaves nothing of y
        np.negative(out, out=out)
        if linear is not None:
            np.copyto(out, 1, where=linear)

    def _linear(self, compare, x, limit):
        """Return where x is beyond the limit, or None if it nowhere is."""
        mask = self.work("linear", x.shape, np.bool_)
        compare(x, limit, out=mask)
        return mask if np.logical_or.reduce(mask, axis=None) else None

    def d2f(self, x, y, out):
        linear = self.work("linear", x.shape, np.bool_)
        rest = self.work("rest", x.shape, out.dtype)
        np.multiply(y, -self.beta, out=out)
        np.less(out, -LINEAR_ABOVE, out=linear)
        np.exp(out, out=rest)
        np.expm1(out, out=out)
        np.multiply(out, rest, out=out)
        np.multiply(out, -self.beta, out=out)
        np.copyto(out, 0, where=linear)

    def __repr__(self):
        return "SoftPlus()" if self.beta == 1 else f"SoftPlus(beta={self.beta!r})"
