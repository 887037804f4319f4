"""diag_hessian: the diagonal of a Hessian by the parameters, in four ways."""

import numpy as np

from nnmods.analysis.curvature import HessianOperator
from nnmods.analysis.ggn_diagonal import ggn_diagonal
from nnmods.analysis.joining import joined, refuse_straight
from nnmods.core.progress import progress
from nnmods.core.tables import copied


def diag_hessian(net, criterion, x, target, kind="exact"):
    """Return the diagonal of the Hessian of a cost by the parameters, one flat vector.

    ::

        kind        what it is                              what it leaves out, and cost
        "exact"     d^2 C / dw_i^2                          nothing; a Hessian product
                                                            for each parameter
        "ggn"       (J^T H_C J)_ii,                         the curvature of the
                                                            network; a backprop for
                                                            each entry of one y
        "lecun"     d2C_dx2[j] = sum_i (dy_i/dx_j)^2        that, and in between all
                    d2C_dy2[i], module by module            terms of two entries; one
                                                            sweep back
        "bbprop"    the same, + sum_i d2y_i/dx_j^2          in between all terms of two
                    dC_dy[i] in each module                 entries; two sweeps back

    "ggn" and "lecun" are never negative where the criterion is convex; the others may
    be. "lecun" is the recursion that LeCun's stochastic diagonal Levenberg-Marquardt
    uses [1]_, "bbprop" the full one [2]_.

    Parameters
    ----------
    net : Module
        Any container, graph or layer. A copy is worked on, in the mode the net is in.
    criterion : Criterion
    x, target : ndarray or table
    kind : {"exact", "ggn", "lecun", "bbprop"}, default="exact"

    Returns
    -------
    ndarray
        In the order of `flatten_parameters`, in the dtype of y.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``criterion`` no Criterion.
    ValueError
        If ``kind`` is another one; if there are no parameters, or a module is a
        surrogate; by "ggn" and "lecun", if the criterion is linear in y, or piecewise.
    NotImplementedError
        Naming the method that a module or the criterion lacks.

    Notes
    -----
    By "ggn" the Hessian of the criterion is factored, H_C = S S^T, example by example,
    and each column of S goes back through the network once, for all examples:
    G_ii = sum of the squared single gradients. Where examples depend on each other, as
    in batch normalisation, H_C is factored as a whole, which takes a backprop for each
    entry of y. In all but "exact" a last `LogSoftMax` counts to a criterion that is
    linear in y.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           sections 7 and 9.1.
    .. [2] Y. LeCun, "Modèles connexionnistes de l'apprentissage", 1987; S. Becker,
           Y. LeCun, "Improving the convergence of back-propagation learning with
           second order methods", 1989.

    Examples
    --------
    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> [diag_hessian(net, mse, x, np.ones((2, 1)), k) for k in ("exact", "lecun")]
    [array([9., 1.]), array([9., 1.])]
    """
    if kind == "exact":
        return _exact(HessianOperator(net, criterion, x, target, "diag_hessian"))
    if kind not in ("ggn", "lecun", "bbprop"):
        raise ValueError(
            f"diag_hessian: kind is {kind!r}, expected 'exact', 'ggn', 'lecun' or "
            "'bbprop'"
        )
    at, cost = joined("diag_hessian", net, criterion, x, target)
    if kind != "bbprop":
        refuse_straight("diag_hessian", cost)
    if kind == "ggn":
        return ggn_diagonal(at, cost)
    return _recursion(at, cost, kind == "bbprop")


def _exact(H):
    n = H.shape[0]
    diagonal, unit = np.zeros(n, H.dtype), np.zeros(n, H.dtype)
    with progress(n, " parameters", delay=1) as bar:
        for i in range(n):
            unit[i] = 1
            diagonal[i] = (H @ unit)[i]
            unit[i] = 0
            bar.update()
    return diagonal


def _recursion(at, cost, whole):
    h = cost.diagonal()
    dC_dy = None
    if whole:
        dC_dy = copied(cost.gradient)
        at.net.backward(at.x, dC_dy)
    at.net.backward_diag_hessian(at.x, h, dC_dy)
    at.zero()
    at.net.acc_diag_hessian_params(at.x, h, 1.0, dC_dy)
    return at.gathered()
