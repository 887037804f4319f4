"""Curvature: the Hessian of a cost by the parameters, and its Gauss-Newton part."""

import numpy as np
from scipy.sparse.linalg import LinearOperator

from nnmods.analysis.joining import joined, refuse_straight
from nnmods.core.tables import copied


def hessian_operator(net, criterion, x, target):
    """Return the Hessian of a cost by the parameters, as a linear operator.

    ::

        H = d^2 C / dw^2,      C = criterion(net(x), target)
        H @ v = d/dt dC_dw(w + t v)                                  at t = 0

    Each product is exact: a tangent goes forward (`jvp`), and the derivative of the
    gradient along it comes back (`hvp` of the criterion, `backprop_jvp`), module by
    module, as in Pearlmutter's R{} [1]_. It takes about as long as three backprops.

    Parameters
    ----------
    net : Module
        Any, such as a graph with a user's own modules, as long as each has an `hvp` or
        is not `curved`. A copy is worked on, in the mode that the net is in.
    criterion : Criterion
    x, target : ndarray or table

    Returns
    -------
    scipy.sparse.linalg.LinearOperator
        Symmetric, in the order of `flatten_parameters`, and in the dtype of y: for
        more digits give it ``net.clone().double()``. Its attribute ``gradient`` is
        dC_dw, and ``C`` the cost.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``criterion`` no Criterion.
    ValueError
        If there are no parameters, or a module is a surrogate.
    NotImplementedError
        By a product, naming the method that a module or the criterion lacks.

    References
    ----------
    .. [1] B. Pearlmutter, "Fast exact multiplication by the Hessian", Neural
           Computation 6, 1994.

    Examples
    --------
    >>> import nnmods as nn
    >>> from scipy.sparse.linalg import eigsh
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x = np.array([[3.0, 0.0], [0.0, 1.0]])  # H is the mean of 2 x x^T
    >>> H = hessian_operator(net, mse, x, np.ones((2, 1)))
    >>> H @ np.eye(2)
    array([[9., 0.],
           [0., 1.]])
    """
    return HessianOperator(net, criterion, x, target)


def ggn_operator(net, criterion, x, target):
    """Return the Gauss-Newton matrix of a cost, as a linear operator.

    ::

        G = J^T H_C J,     J = dy/dw,     H_C = d^2 C / dy^2

    It is the Hessian without the curvature of the network itself, and has no negative
    eigenvalues where the criterion is convex in y. To a criterion that is linear in y a
    last `LogSoftMax` is counted, so that with it `ClassNLLCriterion` has the G of
    `CrossEntropyCriterion`.

    Parameters, results and errors are those of `hessian_operator`; the modules need no
    `hvp` here, only the criterion.

    Raises
    ------
    ValueError
        Also if the criterion is linear in y, or piecewise so: G is 0.

    References
    ----------
    .. [1] N. Schraudolph, "Fast curvature matrix-vector products for second-order
           gradient descent", Neural Computation 14, 2002.
    """
    return GaussNewtonOperator(net, criterion, x, target)


class CurvatureOperator(LinearOperator):
    """A symmetric matrix by the flat parameters of a network, at one x.

    Attributes
    ----------
    C : float
        The cost.
    gradient : ndarray
        dC_dw.
    """

    def __init__(self, owner, net, criterion, x, target, joins):
        at, cost = joined(owner, net, criterion, x, target, joins)
        self._at, self._cost = at, cost
        self.C, self._dC_dy = cost.C, cost.gradient
        self.gradient = at.gradient_of_table(self._dC_dy, False, True)[1]
        super().__init__(at.dtype, (at.weights, at.weights))

    def _rmatvec(self, v):
        return self._matvec(v)

    def _adjoint(self):
        return self

    def _transpose(self):
        return self

    def dense(self):
        """Return the matrix, by a product with each unit vector."""
        return self @ np.eye(self.shape[0], dtype=self.dtype)


class HessianOperator(CurvatureOperator):
    """The Hessian, which `hessian_operator` makes."""

    def __init__(self, net, criterion, x, target, owner="hessian_operator"):
        super().__init__(owner, net, criterion, x, target, False)
        at = self._at
        at.net.backward(at.x, self._dC_dy)  # what the second sweep back needs

    def _matvec(self, v):
        at = self._at
        dy = copied(at.tangent_table(None, np.ravel(v)))
        ddC_dy = copied(self._cost.hvp(dy))
        at.zero()
        at.net.backprop_jvp(at.x, self._dC_dy, at.dx, ddC_dy, at.dparams)
        return at.gathered()


class GaussNewtonOperator(CurvatureOperator):
    """The Gauss-Newton matrix, which `ggn_operator` makes."""

    def __init__(self, net, criterion, x, target):
        super().__init__("ggn_operator", net, criterion, x, target, True)
        refuse_straight("ggn_operator", self._cost)

    def _matvec(self, v):
        dy = copied(self._at.tangent_table(None, np.ravel(v)))
        return self._at.gradient_of_table(self._cost.hvp(dy), False, True)[1]
