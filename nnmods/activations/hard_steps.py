"""HardSigmoid and Hardswish: a straight step, and x times it."""

import numpy as np

from nnmods.activations.masks import between, cut
from nnmods.core import Elementwise


class HardSigmoid(Elementwise):
    """Straight step from 0 at -3 to 1 at 3.

    ::

        y     = min(max(x + 3, 0), 6) / 6
        dC_dx = dC_dy / 6 where -3 < x < 3, else 0

    Examples
    --------
    >>> HardSigmoid()(np.array([-4.0, 0.0, 1.5]))
    array([0.  , 0.5 , 0.75])
    """

    piecewise = True
    curved = False

    def f(self, x, out):
        np.add(x, 3, out=out, dtype=out.dtype)
        cut(out, 0.0, 6.0, out, self.work)
        np.multiply(out, out.dtype.type(1) / 6, out=out)

    def df(self, x, y, out):
        between(x, -3, 3, out, self.work)
        np.multiply(out, out.dtype.type(1) / 6, out=out)


class Hardswish(Elementwise):
    """x times the straight step from -3 to 3.

    ::

        y      = x min(max(x + 3, 0), 6) / 6
        dC_dx  = (x / 3 + 1/2) * dC_dy where -3 < x < 3, dC_dy where x >= 3, else 0
        ddC_dx = dx * dC_dy / 3 where -3 < x < 3, else 0

    At -inf, y is 0, its limit.

    References
    ----------
    .. [1] A. Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2.

    Examples
    --------
    >>> Hardswish()(np.array([-4.0, -1.0, 3.0]))
    array([-0.        , -0.33333333,  3.        ])
    """

    piecewise = True

    def f(self, x, out):
        near = self.work("near", x.shape, out.dtype)
        cut(x, -3.0, None, near, self.work)  # not -inf * 0
        np.add(near, 3.0, out=out)
        cut(out, None, 6.0, out, self.work)
        np.divide(out, 6.0, out=out)
        np.multiply(out, near, out=out)

    def df(self, x, y, out):
        # With c = x / 3 between -1 and 1: c + 1/2, less half of the step that trunc(c)
        # has at both ends.
        jumps = self.work("jumps", x.shape, out.dtype)
        cut(x, -3.0, 3.0, out, self.work)
        np.divide(out, 3.0, out=out)
        np.trunc(out, out=jumps)
        np.multiply(jumps, -0.5, out=jumps)
        np.add(out, jumps, out=out)
        np.add(out, 0.5, out=out)

    def d2f(self, x, y, out):
        between(x, -3, 3, out, self.work)
        np.divide(out, 3, out=out)
