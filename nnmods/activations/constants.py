"""AddConstant, MulConstant and SAdd: a constant added, or multiplied by."""

import numpy as np

from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.activations.quiet import Quiet
from nnmods.core import check
from nnmods.core.dtypes import promote


class AddConstant(Quiet):
    """Add a constant: one number, or one for each entry of the last axis.

    ::

        y     = x + constant_scalar
        dC_dx = dC_dy

    Where dC_dy has the dtype of y, dC_dx is dC_dy itself.

    Parameters
    ----------
    constant_scalar : float or array_like, shape (n,)
        An array is added to each row; y keeps the dtype of x.
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Raises
    ------
    TypeError
        If the constant is no number and no array of real numbers.
    ValueError
        If it is an array of other than one axis, or ``x`` is not (..., n).

    Examples
    --------
    >>> AddConstant(1)(np.array([1.0, 2.0])), AddConstant([1, -1])(np.zeros((2, 2)))
    (array([2., 3.]), array([[ 1., -1.], [ 1., -1.]]))
    """

    curved = False

    def __init__(self, constant_scalar, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        if isinstance(constant_scalar, (np.ndarray, list, tuple)):
            constant = np.asarray(constant_scalar)
            check(self, "constant_scalar", constant, (None,))
            self.constant_scalar = constant.astype(self.dtype)
            self.piecewise = False  # not any vector goes with it
        else:
            name = "constant_scalar"
            self.constant_scalar = as_number(self, name, constant_scalar)

    def forward(self, x):
        if isinstance(self.constant_scalar, np.ndarray):
            check(self, "x", x, (..., len(self.constant_scalar)))
        return super().forward(x)

    def f(self, x, out):
        np.add(x, self.constant_scalar, out=out)

    def backward(self, x, dC_dy):
        y = self._output(x)
        check(self, "dC_dy", dC_dy, x.shape)
        dtype = promote(self, (y, dC_dy))
        if dC_dy.dtype != dtype:  # not into self.dC_dx, which may be the caller's
            own = self.work("dC_dx", x.shape, dtype)
            np.copyto(own, dC_dy)
            dC_dy = own
        self.dC_dx = dC_dy
        return dC_dy

    def times_df(self, x, y, d, out):
        np.copyto(out, d)

    def __repr__(self):
        constant = getattr(self, "constant_scalar", None)
        if constant is None:  # not yet known to be one
            return "AddConstant()"
        if isinstance(constant, np.ndarray):
            shown = constant.tolist() if constant.size <= 6 else f"<{constant.shape}>"
            return f"AddConstant({shown})"
        return f"AddConstant({constant!r})"


class MulConstant(Quiet):
    """Multiply by a constant number.

    ::

        y     = constant_scalar * x
        dC_dx = constant_scalar * dC_dy

    Parameters
    ----------
    constant_scalar : float
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Raises
    ------
    TypeError
        If the constant is not a real number.

    Examples
    --------
    >>> MulConstant(-2)(np.array([1.0, 2.0]))
    array([-2., -4.])
    """

    curved = False

    def __init__(self, constant_scalar, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        self.constant_scalar = as_number(self, "constant_scalar", constant_scalar)

    def f(self, x, out):
        np.multiply(x, self.constant_scalar, out=out)

    def times_df(self, x, y, d, out):
        np.multiply(d, self.constant_scalar, out=out)

    def __repr__(self):
        return f"MulConstant({self.constant_scalar!r})"


class SAdd(Quiet):
    """Add a constant number, and turn the sign of the sum if wanted.

    ::

        y     = x + addend,    dC_dx = dC_dy
        negate:
        y     = -(x + addend), dC_dx = -dC_dy

    ``SAdd(-1, negate=True)`` is 1 - x, as for the gate of a GRU in Torch7's rnn.

    Parameters
    ----------
    addend : float
    negate : bool, default=False

    Raises
    ------
    TypeError
        If ``addend`` is not a real number.

    Examples
    --------
    >>> SAdd(-1, negate=True)(np.array([0.25, 1.0]))
    array([ 0.75, -0.  ])
    """

    curved = False

    def __init__(self, addend, negate=False):
        super().__init__()
        self.addend = as_number(self, "addend", addend)
        self.negate = bool(negate)

    def f(self, x, out):
        np.add(x, self.addend, out=out)
        if self.negate:
            np.negative(out, out=out)

    def times_df(self, x, y, d, out):
        (np.negative if self.negate else np.positive)(d, out=out)

    def __repr__(self):
        return describe(self, repr(self.addend), negate=False)
