"""Whole Jacobians, two ways, and how far they are apart: Torch7's nn.Jacobian."""

import numpy as np

from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import STEP, leaves


def numeric_jacobian(module, x, p=None, step=STEP):
    """Return dy/dx by central differences, as a matrix.

    ::

        J[i, j] = (y_i(x + step e_j) - y_i(x - step e_j)) / (2 step)

    Parameters
    ----------
    module : Module
    x : ndarray or table
        An input, best in float64. It is not written to; arrays of indices are left
        out.
    p : ndarray, default=None
        A parameter of the module: the Jacobian by p in the place of x.
    step : float, default=1e-6

    Returns
    -------
    ndarray, shape (size of y, size of x)
        The entries of tables one after another.

    Examples
    --------
    >>> from nnmods.core import LinearMap
    >>> class Twice(LinearMap):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, x, dC_dy):
    ...         return 2 * dC_dy
    >>> numeric_jacobian(Twice(), np.array([1.0, 3.0])).round(6)
    array([[2., 0.],
           [0., 2.]])
    """
    x = copied(x)
    columns = []
    for array in _varied(x) if p is None else [p]:
        entries = array.reshape(-1) if array.flags.c_contiguous else array.flat
        for j in range(array.size):
            value = entries[j]
            entries[j] = value + step
            ahead = _vector(module.forward(x))
            entries[j] = value - step
            behind = _vector(module.forward(x))
            entries[j] = value
            columns.append((ahead - behind) / (2 * step))
    module.forward(x)
    return np.stack(columns, axis=1) if columns else np.empty((0, 0))


def exact_jacobian(module, x, p=None):
    """Return dy/dx by `backward`, or dy/dp by `acc_grad_params`, as a matrix.

    Row i is what a dC_dy of 1 at entry i, and 0 elsewhere, gives. The parameter
    gradients are left as they were. The arguments are those of `numeric_jacobian`.
    """

    def gradient(x, dC_dy):
        dC_dx = module.backward(x, dC_dy)
        if p is None:
            return _vector(_varied(dC_dx, x))
        module.zero_grad_params()
        module.acc_grad_params(x, dC_dy)
        return _twin(module, p).reshape(-1).copy()

    return _by_rows(module, x, gradient)


def jacobian_error(module, x, p=None, step=STEP):
    """Return the largest difference of the two Jacobians, by x or by a parameter p.

    Torch7's ``testJacobian`` and ``testJacobianParameters``, at the given x.
    """
    difference = numeric_jacobian(module, x, p, step) - exact_jacobian(module, x, p)
    return float(np.max(np.abs(difference), initial=0.0))


def diag_hessian_error(module, x, p=None):
    """Return how far the diagonal verbs are from the squared Jacobian, at most.

    Torch7's ``testDiagHessianInput``, and with a parameter p ``testDiagHessianWeight``
    and ``testDiagHessianBias``: row i of J^2 is what `backward_diag_hessian`, or
    `acc_diag_hessian_params`, makes of a d2C_dy2 of 1 at entry i. The parameter
    gradients are left as they were. The arguments are those of `exact_jacobian`.
    """

    def square(x, d2C_dy2):
        d2C_dx2 = module.backward_diag_hessian(x, d2C_dy2)
        if p is None:
            return _vector(_varied(d2C_dx2, x))
        module.zero_grad_params()
        module.acc_diag_hessian_params(x, d2C_dy2)
        return _twin(module, p).reshape(-1).copy()

    squares = exact_jacobian(module, x, p) ** 2
    difference = _by_rows(module, x, square) - squares
    return float(np.max(np.abs(difference), initial=0.0))


def _by_rows(module, x, row_of):
    """Return ``row_of(x, unit)`` for each entry of y, and leave the gradients alone."""
    y = copied(module.forward(x))
    # C-contiguous, whatever y is: reshape would copy others
    units = map_table(lambda array: np.zeros(array.shape, array.dtype), y)
    grads = module.parameters()[1]
    kept = copied(grads)
    rows = []
    for array in leaves(units):
        for i in range(array.size):
            array.reshape(-1)[i] = 1
            rows.append(row_of(x, units))
            array.reshape(-1)[i] = 0
    for grad, value in zip(grads, kept, strict=True):
        grad[...] = value
    return np.stack(rows) if rows else np.empty((0, 0))


def _varied(table, like=None):
    """Return the arrays at the places where ``like`` holds real numbers."""
    pairs = zip(leaves(table), leaves(table if like is None else like), strict=True)
    return [a for a, b in pairs if np.asarray(b).dtype.kind == "f"]


def _vector(y):
    parts = [np.reshape(leaf, -1) for leaf in leaves(y)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _twin(module, p):
    return next(grad for _, q, grad in module.named_parameters() if q is p)
