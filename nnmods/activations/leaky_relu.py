"""LeakyReLU: a small slope below 0."""

import numpy as np

from nnmods.activations.leak import leak, leak_slope
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise


class LeakyReLU(Elementwise):
    """Positive part, plus a small multiple of the negative part.

    ::

        y     = x where x > 0, else negval * x
        dC_dx = dC_dy where x > 0, else negval * dC_dy

    Parameters
    ----------
    negval : float, default=0.01
        The slope at 0 and below.
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing. It may also
        stand alone, in the place of ``negval``.

    Raises
    ------
    TypeError
        If ``negval`` is not a real number.

    Examples
    --------
    >>> LeakyReLU(0.1)(np.array([-2.0, 3.0]))
    array([-0.2,  3. ])
    """

    piecewise = True
    curved = False

    def __init__(self, negval=0.01, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        negval = None if isinstance(negval, (bool, np.bool_)) else negval
        self.negval = as_number(self, "negval", negval, 0.01)

    def f(self, x, out):
        leak(x, self.negval, out, self.work)

    def df(self, x, y, out):
        leak_slope(x, self.negval, out, self.work)

    def __repr__(self):
        return describe(self, negval=0.01)
