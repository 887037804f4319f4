"""HardSigmoid and Hardswish: a straight step, and x times it."""

import numpy as np

from nnmods.activations.masks import BOOL, between
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

    def f(self, x, out):
        straight_step(x, out)

    def df(self, x, y, out):
        between(x, -3, 3, out, self.work)
        np.divide(out, 6, out=out)


class Hardswish(Elementwise):
    """x times the straight step from -3 to 3.

    ::

        y     = x min(max(x + 3, 0), 6) / 6
        dC_dx = (x / 3 + 1/2) * dC_dy where -3 < x < 3, dC_dy where x >= 3, else 0

    At -inf, y is 0, its limit.

    References
    ----------
    .. [1] A. Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2.

    Examples
    --------
    >>> Hardswish()(np.array([-4.0, -1.0, 3.0]))
    array([-0.        , -0.33333333,  3.        ])
    """

    def f(self, x, out):
        straight_step(x, out)
        cut = self.work("cut", x.shape, out.dtype)
        np.maximum(x, -3, out=cut, dtype=out.dtype)  # -inf * 0 would be NaN
        np.multiply(out, cut, out=out)

    def df(self, x, y, out):
        line = self.work("line", x.shape, out.dtype)
        linear = self.work("linear", x.shape, BOOL)
        np.clip(x, -3.0, 3.0, out=line, dtype=out.dtype)
        np.divide(line, 3, out=line)
        np.add(line, 0.5, out=line)
        between(x, -3, 3, out, self.work)
        np.multiply(out, line, out=out)
        np.greater_equal(x, 3, out=linear)
        np.copyto(line, linear)
        np.add(out, line, out=out)


def straight_step(x, out):
    """Write min(max(x + 3, 0), 6) / 6 into ``out``."""
    np.add(x, 3, out=out, dtype=out.dtype)
    np.clip(out, 0, 6, out=out)
    np.divide(out, 6, out=out)
