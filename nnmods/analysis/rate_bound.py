"""Rate bound: the largest curvature of a cost, and the learning rate it allows."""

import copy
import math
import operator
import warnings
from typing import NamedTuple

import numpy as np

from nnmods.core import Criterion, Module, get_rng
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import map_table

#: Of the central differences, as a share of |w|: the cube root of float64's rounding
#: unit, where truncation and rounding are about equal.
STEP = 6e-6


class RateBound(NamedTuple):
    """The eigenvalue of largest magnitude, and the rate ``2 / |eigenvalue|``."""

    eigenvalue: float
    rate: float


def max_rate(net, criterion, x, target, *, accuracy=1e-4, most=300, rng=0):
    """Return the largest eigenvalue of the Hessian, and the largest learning rate.

    ::

        H = d^2 C / dw^2,      C = criterion(net(x), target)
        v <- H v / |H v|       (power iteration: |H v| grows to |lambda_max|)
        H v = (dC_dw(w + h v) - dC_dw(w - h v)) / (2 h)

    Gradient descent diverges along that eigenvector above the rate
    ``2 / lambda_max`` [1]_; half of it is the best rate along it, and the one to start
    from. Momentum m allows ``1 + m`` times as much.

    All is computed in float64, on copies in the mode that the net is in. The net, its
    gradients and its generators, the default one included, stay as they are; both
    gradients of a difference meet the same dropout.

    Parameters
    ----------
    net : Module
    criterion : Criterion
    x, target : ndarray or table
        A few hundred samples are enough for an estimate.
    accuracy : float, default=1e-4
        Stop when |H v| grows by less than this share of itself in an iteration.
    most : int, default=300
        Number of iterations, of two gradients each, after which to stop in any case.
    rng : int, numpy.random.Generator or None, default=0
        Draws the first v.

    Returns
    -------
    RateBound
        A pair: the eigenvalue of largest magnitude, which is negative where the cost
        curves down most, and ``rate = 2 / |eigenvalue|``, inf for 0. Both are nan
        where gradients are not finite.

    Raises
    ------
    TypeError
        If ``net`` is no module, or ``criterion`` no criterion.
    ValueError
        If it has no parameters, or ``accuracy`` or ``most`` is out of its range.

    Warns
    -----
    RuntimeWarning
        If |H v| still grows after ``most`` iterations: the rate may be too large.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           sections 5.1 and 7.

    Examples
    --------
    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x = np.array([[3.0, 0.0], [0.0, 1.0]])  # H is the mean of 2 x x^T
    >>> bound = max_rate(net, mse, x, np.ones((2, 1)))
    >>> f"{bound.eigenvalue:.3f} {bound.rate:.3f}"
    '9.000 0.222'
    """
    if not isinstance(net, Module):
        raise TypeError(
            f"max_rate: net has type {type(net).__name__}, expected a Module"
        )
    if not isinstance(criterion, Criterion):
        raise TypeError(
            f"max_rate: criterion has type {type(criterion).__name__}, "
            "expected a Criterion"
        )
    if not 0 < accuracy < 1:
        raise ValueError(
            f"max_rate: accuracy has value {accuracy}, expected one between 0 and 1"
        )
    if operator.index(most) < 1:
        raise ValueError(f"max_rate: most has value {most}, expected 1 or more")
    hessian = _Hessian(net, criterion, x, target)
    v = get_rng(rng).standard_normal(hessian.w.size)
    v /= np.linalg.norm(v)
    size = 0.0
    for _ in range(most):
        Hv = hessian.times(v)
        before, size = size, float(np.linalg.norm(Hv))
        sign = math.copysign(1, v @ Hv)
        if not abs(size - before) > accuracy * size:  # nor does a nan go on
            break
        v = Hv / size
    else:
        warnings.warn(
            f"max_rate: |H v| still grows after {most} iterations, by "
            f"{(size - before) / size:.1e} in the last; the rate may be too large",
            RuntimeWarning,
            stacklevel=2,
        )
    if size == 0:
        return RateBound(0.0, math.inf)
    return RateBound(sign * size, 2 / size)


class _Hessian:
    """Products of vectors with the Hessian of a cost by the flat parameters."""

    def __init__(self, net, criterion, x, target):
        self.net, self.criterion = net.clone().double(), criterion.clone().double()
        self.x, self.target = map_table(_as_double, [x, target])
        self.w = self.net.flatten_parameters()[0].copy()
        if self.w.size == 0:
            raise ValueError(
                f"max_rate: net has 0 parameters, expected at least one, in {net!r}"
            )
        self.step = STEP * max(float(np.linalg.norm(self.w)), 1.0)

    def times(self, v):
        """Return H v, for a v of length 1."""
        h = self.step
        return (self.gradient(self.w + h * v) - self.gradient(self.w - h * v)) / (2 * h)

    def gradient(self, w):
        """Return dC_dw at w, always by the same random numbers."""
        # Copies of nets that nothing was done with: what dropout draws, and what
        # running statistics and recurrent modules keep, is as it was the last time
        net, criterion = copy.deepcopy((self.net, self.criterion))
        flat, dC_dw = net.flatten_parameters()
        flat[...], dC_dw[...] = w, 0
        with unmoved_rng():
            y = net.forward(self.x)
            criterion.forward(y, self.target)
            dC_dy = criterion.backward(y, self.target)
            net.backprop(self.x, dC_dy, input_grad=False)
        return dC_dw


def _as_double(value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return value  # indices, or none where a criterion has no target
