"""HardShrink, SoftShrink and TanhShrink: values drawn to 0."""

import numpy as np

from nnmods.activations import curvatures
from nnmods.activations.masks import LONG, keep_nan, option
from nnmods.activations.options import as_number, describe
from nnmods.core import Elementwise


class Shrinkage(Elementwise):
    """A function that is 0 from -lambd to lambd only, and has the slope 1 beyond."""

    piecewise = True
    curved = False

    def __init__(self, lambd=0.5):
        super().__init__()
        self.lambd = as_number(self, "lambd", lambd, 0.5)
        if not 0 <= self.lambd < np.inf:
            raise ValueError(
                f"{type(self).__name__}: lambd has value {self.lambd}, "
                "expected 0 <= lambd < inf"
            )

    def df(self, x, y, out):
        np.not_equal(y, 0, out=out)
        keep_nan(y, out, self.work)

    def __repr__(self):
        return describe(self, lambd=0.5)


class HardShrink(Shrinkage):
    """Identity, but 0 for values of at most ``lambd`` in size.

    ::

        y     = x where |x| > lambd, else 0
        dC_dx = dC_dy where |x| > lambd, else 0

    Parameters
    ----------
    lambd : float, default=0.5
        Torch7's lambda.

    Raises
    ------
    TypeError
        If ``lambd`` is not a real number.
    ValueError
        If it is negative or infinite.

    Examples
    --------
    >>> HardShrink()(np.array([-2.0, 0.5, 0.75]))
    array([-2.  ,  0.  ,  0.75])
    """

    def f(self, x, out):
        np.absolute(x, out=out, dtype=out.dtype)  # |-128| wraps in int8
        np.greater(out, self.lambd, out=out)
        np.multiply(out, x, out=out)


class SoftShrink(Shrinkage):
    """Values drawn to 0 by ``lambd``, and 0 where they are smaller.

    ::

        y     = x - lambd where x > lambd, x + lambd where x < -lambd, else 0
        dC_dx = dC_dy where |x| > lambd, else 0

    Parameters
    ----------
    lambd : float, default=0.5
        Torch7's lambda.

    Raises
    ------
    TypeError
        If ``lambd`` is not a real number.
    ValueError
        If it is negative or infinite.

    Examples
    --------
    >>> SoftShrink()(np.array([-2.0, 0.5, 0.75]))
    array([-1.5 ,  0.  ,  0.25])
    """

    def f(self, x, out):
        if out.size > LONG:
            np.clip(x, -self.lambd, self.lambd, out=out, dtype=out.dtype)
            np.subtract(x, out, out=out)
            return
        np.maximum(x, option("low", -self.lambd, out, self.work), out=out)
        np.minimum(out, option("high", self.lambd, out, self.work), out=out)
        np.subtract(x, out, out=out)


class TanhShrink(Elementwise):
    """What the hyperbolic tangent leaves of x.

    ::

        y      = x - tanh(x)
        dC_dx  = tanh(x)^2 * dC_dy
        ddC_dx = 2 tanh(x) (1 - tanh(x)^2) * dx * dC_dy

    Examples
    --------
    >>> TanhShrink()(np.array([-np.inf, 0.0, 1.0]))
    array([      -inf, 0.        , 0.23840584])
    """

    piecewise = True

    def f(self, x, out):
        np.tanh(x, out=out, dtype=out.dtype)
        np.subtract(x, out, out=out)

    def df(self, x, y, out):
        np.tanh(x, out=out, dtype=out.dtype)  # x - y would lose it beside a large x
        np.multiply(out, out, out=out)

    def d2f(self, x, y, out):
        t = self.work("t", x.shape, out.dtype)
        np.tanh(x, out=t, dtype=t.dtype)
        curvatures.tanh(t, 2, out)
