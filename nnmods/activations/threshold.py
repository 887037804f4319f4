"""Threshold: the identity above a threshold, a constant below."""

import numpy as np

from nnmods.activations.masks import above, option, put_below
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise


class Threshold(Elementwise):
    """Identity above a threshold, a constant at it and below.

    ::

        y     = x where x > threshold, else val
        dC_dx = dC_dy where x > threshold, else 0

    ``Threshold(0)`` is Torch7's ReLU.

    Parameters
    ----------
    th : float, default=1e-6
        The threshold.
    v : float, default=0
        The constant.
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Attributes
    ----------
    threshold, val : float

    Raises
    ------
    TypeError
        If ``th`` or ``v`` is not a real number.
    ValueError
        If ``inplace`` is set and ``v`` is larger than ``th``.

    Examples
    --------
    >>> Threshold(0.5, -1)(np.array([0.0, 0.5, 2.0]))
    array([-1., -1.,  2.])
    """

    piecewise = True
    curved = False

    def __init__(self, th=1e-6, v=0.0, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        self.threshold = as_number(self, "th", th, 1e-6)
        self.val = as_number(self, "v", v, 0.0)
        if inplace and self.val > self.threshold:
            raise ValueError(
                f"Threshold: v has value {self.val}, expected at most th, "
                f"{self.threshold}, for inplace"
            )

    def f(self, x, out):
        if self.val == self.threshold:
            np.maximum(x, option("val", self.val, out, self.work), out=out)
        else:
            np.copyto(out, x)
            put_below(self.threshold, self.val, out, self.work)

    def df(self, x, y, out):
        above(x, self.threshold, out, self.work)

    def __repr__(self):
        shown = []
        if (self.threshold, self.val) != (1e-6, 0.0):
            shown.append(repr(self.threshold))
        if self.val:
            shown.append(repr(self.val))
        return describe(self, *shown)
