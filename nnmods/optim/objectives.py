"""Objective: the cost of a network as a function of its parameters, for SciPy."""

import numpy as np


def objective(net, criterion, x, target):
    """Return the `Objective` of a network on fixed samples.

    Examples
    --------
    >>> import nnmods as nn
    >>> from scipy.optimize import minimize
    >>> net, x = nn.Linear(1, 1, rng=0), np.array([[0.0], [1.0], [2.0]])
    >>> fun = objective(net, nn.MSECriterion(), x, target=3 * x - 1)
    >>> fun.put(minimize(fun, fun.w0, jac=True, method="BFGS").x)
    >>> net.weight.round(4), net.bias.round(4)
    (array([[3.]]), array([-1.]))
    """
    return Objective(net, criterion, x, target)


class Objective:
    """``fun(w) -> (C, dC_dw)``: the cost, and its gradient as a float64 vector.

    For any method of ``scipy.optimize.minimize``, with ``fun.w0`` to start from:

    - with ``jac=True``, ``minimize(fun, fun.w0, jac=True, method=...)``: CG, BFGS,
      L-BFGS-B, TNC, SLSQP, trust-constr; Newton-CG, trust-ncg and trust-krylov also
      need ``hessp=fun.hessp``; dogleg and trust-exact need ``hess=fun.hess``, and
      dogleg one that is positive definite; where the Hessian has negative eigenvalues
      take trust-ncg, as trust-krylov may ask there (SciPy 1.17) for the cost at memory
      that it has not written;
    - without gradients, ``minimize(fun.cost, fun.w0, method=...)``: Nelder-Mead,
      Powell, COBYLA, COBYQA, and global methods such as ``dual_annealing``.

    A call writes w to the net, and leaves it there: write the result's by ``put``. The
    gradient handed out is a copy, as methods keep those of points before, which the
    net's own vector would not.

    The cost has to be a function of w: with dropout, put the net into evaluation mode
    or draw from a generator that starts anew at each call. Batch normalization in
    training mode moves its running statistics at each evaluation. Of a net in float32
    the cost is exact to some seven digits, so that methods that take differences of
    costs need a step of some 1e-3, and tolerances below 1e-6 are not met.

    Parameters
    ----------
    net : Module
    criterion : Criterion
    x, target : ndarray or table
        What ``net.forward`` and ``criterion.forward`` take.

    Attributes
    ----------
    w0 : ndarray, shape (n,)
        The parameters at first, in float64.
    """

    def __init__(self, net, criterion, x, target):
        self.net, self.criterion = net, criterion
        self.x, self.target = x, target
        self.w0 = net.flatten_parameters()[0].astype(np.float64)

    def __call__(self, w):
        """Return C, a float, and dC_dw, a new float64 vector."""
        dC_dw = self._at(w)
        dC_dw.fill(0)
        y = self.net.forward(self.x)
        C = float(self.criterion.forward(y, self.target))
        dC_dy = self.criterion.backward(y, self.target)
        self.net.backprop(self.x, dC_dy, input_grad=False)
        return C, dC_dw.astype(np.float64)

    def cost(self, w):
        """Return C alone, at the price of the forward sweep."""
        self._at(w)
        y = self.net.forward(self.x)
        return float(self.criterion.forward(y, self.target))

    def hessp(self, w, p):
        """Return the Hessian times p, by a central difference of two gradients.

        It is exact to some ten digits, of a net in float32 to some four.
        """
        w, p = self._checked("w", w), self._checked("p", p)
        length = float(np.linalg.norm(p))
        if length == 0:
            return np.zeros_like(p)
        eps = np.finfo(self.net.flatten_parameters()[0].dtype).eps
        h = float(np.cbrt(eps)) * (1 + float(np.linalg.norm(w))) / length
        return (self(w + h * p)[1] - self(w - h * p)[1]) / (2 * h)

    def hess(self, w):
        """Return the Hessian, shape (n, n), from 2 n gradients."""
        rows = np.array([self.hessp(w, p) for p in np.eye(self.w0.size)])
        return (rows + rows.T) / 2

    def put(self, w):
        """Write w to the parameters of the net."""
        self._at(w)

    def _at(self, w):
        """Write w to the net; return the vector of its gradients."""
        w = self._checked("w", w)
        parameters, dC_dw = self.net.flatten_parameters()
        parameters[...] = w
        return dC_dw

    def _checked(self, name, vector):
        """Return it in float64, or raise unless it is shaped like ``w0``."""
        vector = np.asarray(vector, np.float64)
        if vector.shape != self.w0.shape:
            raise ValueError(
                f"{self!r}: {name} has shape {vector.shape}, expected {self.w0.shape}"
            )
        return vector

    def __repr__(self):
        kind = type(self.net).__name__
        return f"Objective({self.w0.size} parameters of {kind}, {self.criterion!r})"
