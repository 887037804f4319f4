"""Rate bound: the largest curvature of a cost, and the learning rate it allows."""

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import LinearOperator

from nnmods.analysis.differences import Gradients
from nnmods.analysis.eigenvalues import by_powers


class RateBound(NamedTuple):
    """The eigenvalue of largest magnitude, and the rate ``2 / |eigenvalue|``."""

    eigenvalue: float
    rate: float


def max_rate(net, criterion, x, target, *, accuracy=1e-4, most=300, rng=0):
    """Return the largest eigenvalue of the Hessian, and the largest learning rate.

    ::

        H = d^2 C / dw^2,      C = criterion(net(x), target)
        by `largest_eigenvalue` of `hessian_by_differences`

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
    gradients = Gradients("max_rate", net, criterion, x, target)
    n = gradients.w.size
    H = LinearOperator((n, n), gradients.product, dtype=np.float64)
    value = by_powers("max_rate", H, accuracy, most, rng).value
    return RateBound(value, 2 / abs(value) if value else math.inf)
