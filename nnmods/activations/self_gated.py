"""SiLU and Mish: x times a smooth step."""

from nnmods.activations import curvatures, curves
from nnmods.core import Elementwise


class SiLU(Elementwise):
    """x times the logistic function; also called Swish.

    ::

        y      = x s(x)                         s(x) = 1 / (1 + exp(-x))
        dC_dx  = s(x) (1 + x (1 - s(x))) * dC_dy
        ddC_dx = s(x) (1 - s(x)) (2 - x tanh(x/2)) * dx * dC_dy

    At -inf, y is 0, its limit.

    References
    ----------
    .. [1] S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural
           network function approximation in reinforcement learning", Neural Networks
           107, 2018, eq. (1) to (3); 2017 as a preprint.

    Examples
    --------
    >>> import numpy as np
    >>> SiLU()(np.array([-np.log(3), 0.0, np.log(3)]))
    array([-0.27465307,  0.        ,  0.82395922])
    """

    piecewise = True

    def f(self, x, out):
        curves.silu(x, out, self.work)

    def df(self, x, y, out):
        curves.silu_slope(x, y, out, self.work)

    def d2f(self, x, y, out):
        curvatures.silu(x, out, self.work)


class Mish(Elementwise):
    """x times the tanh of the smooth positive part of x.

    ::

        y     = x tanh(log(1 + exp(x))) = x n / (n + 2),   n = e (e + 2), e = exp(x)
        dC_dx = (n / (n + 2) + 4 x e (1 + e) / (n + 2)^2) * dC_dy

    At -inf, y is 0, its limit.

    References
    ----------
    .. [1] D. Misra, "Mish: a self regularized non-monotonic activation function",
           BMVC 2020, eq. (1).

    Examples
    --------
    >>> import numpy as np
    >>> Mish()(np.array([0.0, np.log(2)]))  # n = 8
    array([0.        , 0.55451774])
    """

    piecewise = True

    def f(self, x, out):
        curves.mish(x, out, self.work)

    def df(self, x, y, out):
        curves.mish_slope(x, out, self.work)

    def d2f(self, x, y, out):
        curvatures.mish(x, out, self.work)
