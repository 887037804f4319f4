"""The logistic function and its integral, and the costs that are made of them."""

import numpy as np

from nnmods.criterions.signs import SignedCriterion


def softplus(z, work):
    """Write ``log(1 + exp(z))`` over z, without overflow and with all digits.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> z = np.array([-1e30, 0.0, 1e30])
    >>> softplus(z, Workspace())
    >>> z
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+30])
    """
    tail = work("tail", z.shape, z.dtype)
    np.absolute(z, out=tail)
    np.negative(tail, out=tail)
    np.exp(tail, out=tail)
    np.log1p(tail, out=tail)
    np.maximum(z, 0, out=z)
    np.add(z, tail, out=z)


def sigmoid(z, work):
    """Write ``1 / (1 + exp(-z))`` over z, without overflow and with all digits.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> z = np.array([-1e30, 0.0, 1e30])
    >>> sigmoid(z, Workspace())
    >>> z
    array([0. , 0.5, 1. ])
    """
    divisor = work("tail", z.shape, z.dtype)
    np.absolute(z, out=divisor)
    np.negative(divisor, out=divisor)
    np.exp(divisor, out=divisor)
    np.add(divisor, 1, out=divisor)
    np.minimum(z, 0, out=z)
    np.exp(z, out=z)
    np.divide(z, divisor, out=z)


def sigmoid_slope(z, work):
    """Write ``exp(-z) / (1 + exp(-z))^2`` over z, the derivative of `sigmoid`.

    Examples
    --------
    >>> from nnmods.core.workspace import Workspace
    >>> z = np.array([-1e30, 0.0, 1e30])
    >>> sigmoid_slope(z, Workspace())
    >>> z
    array([0.  , 0.25, 0.  ])
    """
    divisor = work("tail", z.shape, z.dtype)
    np.absolute(z, out=z)  # it is even
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=divisor)
    np.square(divisor, out=divisor)
    np.divide(z, divisor, out=z)


class LogisticCriterion(SignedCriterion):
    """A sum of logistic losses of scores whose signs should be those of the target.

    ::

        C     =  scale * sum(log(1 + exp(-y * target)))
        dC_dy = -scale * target / (1 + exp(y * target))
        H     =  scale * target^2 * p * (1 - p)    with p = 1 / (1 + exp(-y * target))

    H is the diagonal of the Hessian, which has no other entries.
    A subclass says what scale is, in `_scale`, where that is not 1 / number of entries.
    """

    def c(self, y, target, out):
        self._exponent(y, target, out)
        softplus(out, self.work)

    def dc(self, y, target, scale, out):
        self._exponent(y, target, out)
        sigmoid(out, self.work)
        np.multiply(out, target, out=out)
        np.multiply(out, -scale, out=out)

    def d2c(self, y, target, scale, out):
        self._exponent(y, target, out)
        sigmoid_slope(out, self.work)
        for _ in range(2):  # its square may be too large for its dtype
            np.multiply(out, target, out=out)
        np.multiply(out, scale, out=out)

    def _exponent(self, y, target, out):
        np.multiply(y, target, out=out, dtype=out.dtype)
        np.negative(out, out=out)
