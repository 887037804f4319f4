"""Square, Sqrt and Power: powers of each entry."""

import numpy as np

from nnmods.activations.masks import BOOL
from nnmods.activations.options import as_number, describe
from nnmods.activations.quiet import Quiet


class Square(Quiet):
    """Square, entry by entry.

    ::

        y      = x^2
        dC_dx  = 2 x * dC_dy
        ddC_dx = 2 dx * dC_dy

    Examples
    --------
    >>> Square()(np.array([-3.0, 0.5]))
    array([9.  , 0.25])
    """

    def f(self, x, out):
        np.multiply(x, x, out=out, dtype=out.dtype)

    def times_df(self, x, y, d, out):
        np.multiply(x, 2, out=out, dtype=out.dtype)
        np.multiply(out, d, out=out)

    def d2f(self, x, y, out):
        out.fill(2)


class Sqrt(Quiet):
    """Square root, entry by entry.

    ::

        y      = sqrt(x)
        dC_dx  = dC_dy / (2 y), 0 where y = 0
        ddC_dx = -dx * dC_dy / (4 y^3), 0 where y = 0

    It is NaN below 0, without a warning.

    Parameters
    ----------
    eps : float, default=0
        Kept and shown, but not used: so it is in Torch7.

    Raises
    ------
    TypeError
        If ``eps`` is not a real number.

    Examples
    --------
    >>> Sqrt().backward(np.array([0.0, 4.0]), np.ones(2))
    array([0.  , 0.25])
    """

    def __init__(self, eps=0.0):
        super().__init__()
        self.eps = as_number(self, "eps", eps, 0.0)

    def f(self, x, out):
        np.sqrt(x, out=out, dtype=out.dtype)

    def df(self, x, y, out):
        np.divide(0.5, y, out=out)
        self._clear(y, out)

    def d2f(self, x, y, out):
        np.divide(-0.25, y, out=out)
        np.divide(out, y, out=out)
        np.divide(out, y, out=out)
        self._clear(y, out)

    def _clear(self, y, out):
        """Put 0 where y is."""
        zero = self.work("zero", y.shape, BOOL)
        np.equal(y, 0, out=zero)
        np.copyto(out, 0, where=zero)

    def __repr__(self):
        return describe(self, eps=0.0)


class Power(Quiet):
    """A power, the same for every entry.

    ::

        y      = x^pow
        dC_dx  = pow * x^(pow - 1) * dC_dy
        ddC_dx = pow * (pow - 1) * x^(pow - 2) * dx * dC_dy

    It is NaN for a fraction of a power of x < 0 and inf for a negative one of 0,
    without a warning.

    Parameters
    ----------
    pow : float

    Raises
    ------
    TypeError
        If ``pow`` is not a real number.

    Examples
    --------
    >>> Power(3)(np.array([-2.0, 0.5]))
    array([-8.   ,  0.125])
    """

    def __init__(self, pow):
        super().__init__()
        self.pow = as_number(self, "pow", pow)

    def f(self, x, out):
        power(x, self.pow, out)

    def df(self, x, y, out):
        self._scaled(self.pow, x, self.pow - 1, out)

    def d2f(self, x, y, out):
        self._scaled(self.pow * (self.pow - 1), x, self.pow - 2, out)

    def _scaled(self, factor, x, exponent, out):
        if factor == 0:
            out.fill(0)  # 0 * x^-1 would be NaN at 0
            return
        power(x, exponent, out)
        np.multiply(out, factor, out=out)

    def __repr__(self):
        return f"Power({self.pow!r})"


def power(x, exponent, out):
    """Write a power of x; a small one as products, a hundred times as fast."""
    if exponent not in (2, 3, 4):
        np.power(x, exponent, out=out, dtype=out.dtype)
        return
    np.multiply(x, x, out=out, dtype=out.dtype)
    if exponent == 4:
        np.multiply(out, out, out=out)
    elif exponent == 3:
        np.multiply(out, x, out=out)
