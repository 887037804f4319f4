"""Differences: products with a Hessian from two gradients, for any module."""

import copy

import numpy as np
from scipy.sparse.linalg import LinearOperator

from nnmods.analysis.checks import check_criterion, check_module
from nnmods.analysis.values import as_double
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import map_table

#: Of the central differences, as a share of |w|: the cube root of float64's rounding
#: unit, where truncation and rounding are about equal.
STEP = 6e-6


def hessian_by_differences(net, criterion, x, target):
    """Return the Hessian of a cost by the parameters, by differences of gradients.

    ::

        H @ v = |v| (dC_dw(w + h v/|v|) - dC_dw(w - h v/|v|)) / (2 h)
        h     = 6e-6 max(|w|, 1)

    It takes two backprops a product and no second derivatives, so that it is there for
    any module; `hessian_operator` is exact. Ten digits agree where C is smooth. All is
    computed in float64, on copies; both gradients meet the same dropout.

    Parameters and errors are those of `hessian_operator`; surrogates are welcome.

    Returns
    -------
    scipy.sparse.linalg.LinearOperator

    Examples
    --------
    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> H = hessian_by_differences(net, mse, x, np.ones((2, 1)))
    >>> (H @ np.eye(2)).round(6) + 0.0
    array([[9., 0.],
           [0., 1.]])
    """
    gradients = Gradients("hessian_by_differences", net, criterion, x, target)
    n = gradients.w.size

    def product(v):
        v = np.ravel(v)
        size = float(np.linalg.norm(v))
        return gradients.product(v / size) * size if size else np.zeros(n)

    return LinearOperator((n, n), product, product, dtype=np.float64)


def check_cost(owner, net, criterion):
    """Raise unless these are a net with parameters, and a criterion."""
    check_module(owner, net)
    check_criterion(owner, criterion)
    if not any(p.size for p in net.parameters()[0]):
        raise ValueError(
            f"{owner}: net has 0 parameters, expected at least one, in {net!r}"
        )


class Gradients:
    """The gradient of a cost at any w, in float64, always by the same random numbers.

    Attributes
    ----------
    w : ndarray
        The net's own.
    """

    def __init__(self, owner, net, criterion, x, target):
        check_cost(owner, net, criterion)
        self.net, self.criterion = net.clone().double(), criterion.clone().double()
        self.x, self.target = map_table(as_double, [x, target])
        self.w = self.net.flatten_parameters()[0].copy()
        self.step = STEP * max(float(np.linalg.norm(self.w)), 1.0)

    def product(self, v):
        """Return H v, for a v of length 1."""
        h = self.step
        return (self.at(self.w + h * v) - self.at(self.w - h * v)) / (2 * h)

    def at(self, w):
        """Return dC_dw at w."""
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
