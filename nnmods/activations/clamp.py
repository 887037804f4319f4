"""HardTanh, Clamp, ReLU6 and Clip: values kept between two bounds."""

import numpy as np

from nnmods.activations.masks import LONG, between, option
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise


class Clamped(Elementwise):
    """The nearest value between two bounds, and no gradient at these or beyond."""

    piecewise = True
    curved = False

    def __init__(self, min_value=-1.0, max_value=1.0):
        super().__init__()
        self.min_value = as_number(self, "min_value", min_value, -1.0)
        self.max_value = as_number(self, "max_value", max_value, 1.0)
        if not self.min_value < self.max_value:
            raise ValueError(
                f"{type(self).__name__}: max_value has value {self.max_value}, "
                f"expected more than min_value, {self.min_value}"
            )

    def f(self, x, out):
        if out.size > LONG:
            np.clip(x, self.min_value, self.max_value, out=out, dtype=out.dtype)
            return
        np.maximum(x, option("min", self.min_value, out, self.work), out=out)
        np.minimum(out, option("max", self.max_value, out, self.work), out=out)

    def df(self, x, y, out):
        between(x, self.min_value, self.max_value, out, self.work)


class HardTanh(Clamped):
    """Identity between two bounds, constant outside.

    ::

        y     = min(max(x, min_value), max_value)
        dC_dx = dC_dy where min_value < x < max_value, else 0

    Parameters
    ----------
    min_value : float, default=-1
    max_value : float, default=1
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Raises
    ------
    TypeError
        If a bound is not a real number.
    ValueError
        If ``max_value`` is not larger than ``min_value``.

    Examples
    --------
    >>> HardTanh()(np.array([-3.0, 0.5, 1e30]))
    array([-1. ,  0.5,  1. ])
    """

    def __init__(self, min_value=-1.0, max_value=1.0, inplace=False):
        check_inplace(self, inplace)
        super().__init__(min_value, max_value)

    def __repr__(self):
        return describe(self, min_value=-1.0, max_value=1.0)


class Clamp(Clamped):
    """Values kept between two bounds; no gradient at these or beyond.

    ::

        y     = min(max(x, min_value), max_value)
        dC_dx = dC_dy where min_value < x < max_value, else 0

    Parameters
    ----------
    min_value : float, default=-1
    max_value : float, default=1

    Raises
    ------
    TypeError
        If a bound is not a real number.
    ValueError
        If ``max_value`` is not larger than ``min_value``.

    Examples
    --------
    >>> Clamp(-0.5, 0.75)(np.array([-1.0, 0.25, 2.0]))
    array([-0.5 ,  0.25,  0.75])
    """

    def __repr__(self):
        return describe(self, min_value=-1.0, max_value=1.0)


class ReLU6(Clamped):
    """Positive part, up to 6.

    ::

        y     = min(max(x, 0), 6)
        dC_dx = dC_dy where 0 < x < 6, else 0

    Parameters
    ----------
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Examples
    --------
    >>> ReLU6()(np.array([-3.0, 0.5, 7.0]))
    array([0. , 0.5, 6. ])
    """

    def __init__(self, inplace=False):
        check_inplace(self, inplace)
        super().__init__(0.0, 6.0)


class Clip(Clamped):
    """Values kept between two bounds, whose gradient passes everywhere.

    ::

        y     = min(max(x, minval), maxval)
        dC_dx = dC_dy

    Not the transposed Jacobian, then, but what lets a value come back from beyond its
    bounds, as in Torch7's dpnn; `jvp` passes dx likewise.

    Parameters
    ----------
    minval, maxval : float

    Raises
    ------
    TypeError
        If a bound is not a real number.
    ValueError
        If ``maxval`` is not larger than ``minval``.

    Examples
    --------
    >>> clip = Clip(-0.5, 0.5)
    >>> clip(np.array([0.25, 2.0])), clip.backward(np.array([0.25, 2.0]), np.ones(2))
    (array([0.25, 0.5 ]), array([1., 1.]))
    """

    surrogate = True

    def __init__(self, minval, maxval):
        minval = as_number(self, "minval", minval)
        super().__init__(minval, as_number(self, "maxval", maxval))

    def times_df(self, x, y, d, out):
        np.copyto(out, d)

    def __repr__(self):
        return f"Clip({self.min_value!r}, {self.max_value!r})"
