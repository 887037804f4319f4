"""ELU, SELU and CELU: linear above 0, an exponential approach to a floor below."""

import numpy as np

from nnmods.activations.masks import BOOL, cut
from nnmods.activations.options import as_number, check_inplace, describe
from nnmods.core import Elementwise


class ExponentialLinear(Elementwise):
    """A line above 0, an exponential below.

    ::

        y      = scale * x where x > 0, else scale * alpha * (exp(x / width) - 1)
        ddC_dx = 0 where x > 0, else scale * alpha / width^2 exp(x / width) * dx * dC_dy
    """

    piecewise = True
    scale = width = 1.0

    def f(self, x, out):
        self._exponent(x, out)
        np.expm1(out, out=out)  # exp - 1 would lose a small x
        if self.alpha != 1:
            np.multiply(out, self.alpha, out=out)
        if self.alpha <= self.width:  # then it is nowhere below x
            np.maximum(out, x, out=out)
        else:
            positive = self.work("positive", x.shape, out.dtype)
            cut(x, 0.0, None, positive, self.work)
            np.add(out, positive, out=out)
        if self.scale != 1:
            with np.errstate(over="ignore"):
                np.multiply(out, self.scale, out=out)

    def df(self, x, y, out):
        self._exponent(x, out)
        np.exp(out, out=out)
        if self.alpha != self.width:
            positive = self.work("positive", x.shape, out.dtype)
            np.greater(x, 0, out=positive)
            np.subtract(out, positive, out=out)  # 0 where x > 0: exp(0) - 1
            np.multiply(out, self.alpha / self.width, out=out)
            np.add(out, positive, out=out)
        if self.scale != 1:
            np.multiply(out, self.scale, out=out)

    def d2f(self, x, y, out):
        below = self.work("mask", x.shape, BOOL)
        self._exponent(x, out)
        np.exp(out, out=out)
        np.multiply(out, self.scale * self.alpha / self.width / self.width, out=out)
        np.less_equal(x, 0, out=below)
        np.multiply(out, below, out=out)

    def _exponent(self, x, out):
        cut(x, None, 0.0, out, self.work)
        if self.width != 1:
            np.divide(out, self.width, out=out)


class ELU(ExponentialLinear):
    """Identity above 0, an exponential approach to -alpha below.

    ::

        y     = x where x > 0, else alpha * (exp(x) - 1)
        dC_dx = dC_dy where x > 0, else alpha * exp(x) * dC_dy

    Parameters
    ----------
    alpha : float, default=1
    inplace : bool, default=False
        Torch7's: nothing here writes into ``x``, so it changes nothing.

    Raises
    ------
    TypeError
        If ``alpha`` is not a real number.

    References
    ----------
    .. [1] D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep
           network learning by exponential linear units", ICLR 2016, eq. (15).

    Examples
    --------
    >>> ELU()(np.array([-np.inf, -np.log(2), 3.0]))
    array([-1. , -0.5,  3. ])
    """

    def __init__(self, alpha=1.0, inplace=False):
        super().__init__()
        check_inplace(self, inplace)
        self.alpha = as_number(self, "alpha", alpha, 1.0)

    def __repr__(self):
        return describe(self, alpha=1.0)


class SELU(ExponentialLinear):
    """ELU with the constants that keep mean 0 and variance 1 from layer to layer.

    ::

        y     = scale * x where x > 0, else scale * alpha * (exp(x) - 1)
        dC_dx = scale * dC_dy where x > 0, else scale * alpha * exp(x) * dC_dy

    Attributes
    ----------
    alpha, scale : float
        1.6732632... and 1.0507009... [1]_.

    References
    ----------
    .. [1] G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, "Self-normalizing
           neural networks", NIPS 2017, eq. (2) and (14).

    Examples
    --------
    >>> SELU()(np.array([-np.inf, 0.0, 1.0]))
    array([-1.75809934,  0.        ,  1.05070099])
    """

    alpha, scale = 1.6732632423543772, 1.0507009873554805


class CELU(ExponentialLinear):
    """ELU of slope 1 at 0 for every alpha.

    ::

        y     = x where x > 0, else alpha * (exp(x / alpha) - 1)
        dC_dx = dC_dy where x > 0, else exp(x / alpha) * dC_dy

    Parameters
    ----------
    alpha : float, default=1

    Raises
    ------
    TypeError
        If ``alpha`` is not a real number.
    ValueError
        If it is not positive and finite.

    References
    ----------
    .. [1] J. T. Barron, "Continuously differentiable exponential linear units", 2017,
           eq. (2).

    Examples
    --------
    >>> CELU(0.5)(np.array([-np.inf, -np.log(2) / 2, 3.0]))
    array([-0.5 , -0.25,  3.  ])
    """

    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = self.width = as_number(self, "alpha", alpha, 1.0)
        if not 0 < self.alpha < np.inf:
            raise ValueError(
                f"CELU: alpha has value {self.alpha}, expected 0 < alpha < inf"
            )

    def __repr__(self):
        return describe(self, alpha=1.0)
