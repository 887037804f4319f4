"""kfac: the curvature of each layer as a Kronecker product of two small matrices."""

import numpy as np

from nnmods.analysis.factors import factors
from nnmods.analysis.ggn_diagonal import ggn_diagonal
from nnmods.analysis.joining import joined, refuse_straight
from nnmods.analysis.kronecker_factors import KroneckerFactors
from nnmods.analysis.kronecker_rows import Rows
from nnmods.analysis.own_costs import own_gradients
from nnmods.analysis.singles import Singles
from nnmods.core.progress import progress


def kfac(net, criterion, x, target, kind="ggn"):
    """Return Kronecker factors of a cost's curvature by the parameters of each layer.

    ::

        block of [weight bias] ~ A (x) G
        A = mean of a a^T       a: what the weight multiplies, and a 1 for the bias
        G = sum of g g^T        g: gradients by what it makes of a

    over all examples, and all positions of a convolution, where a is a window [2]_.
    The weights of examples in the cost, such as 1/N, are in G. For "ggn", g are the
    columns of a factor of the criterion's Hessian, H_C = S S^T, taken back through
    the network, all of them, so that nothing is drawn: A (x) G is the Gauss-Newton
    block of one example and one position, and of any batch where g is the same for
    all examples [1]_, as in a linear net with squared errors. For "empirical", g
    are the gradients of the examples' own costs.

    Parameters
    ----------
    net : Module
        Any. A copy is worked on, in the mode the net is in. Which modules have factors
        is said by their `kronecker_inputs` and `kronecker_outputs`: `Linear`, and the
        convolutions without groups.
    criterion : Criterion
    x, target : ndarray or table
    kind : {"ggn", "empirical"}, default="ggn"

    Returns
    -------
    KroneckerFactors

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``criterion`` no Criterion.
    ValueError
        If ``kind`` is another one; if there are no parameters, or a module is a
        surrogate; by "ggn", if the criterion is linear in y, or piecewise; by
        "empirical", if net, y and target do not all count examples along a first axis.

    Notes
    -----
    A weight that stands at several places counts as one layer with the rows of all of
    them, as if they were positions. Where modules of another kind share it, it is left
    out. Parameters left out have a diagonal block: that of the Gauss-Newton matrix for
    "ggn"; for "empirical" the sum of squares of single gradients, or 0 where examples
    depend on each other. Negative eigenvalues of H_C count as 0, and with batch
    statistics a column of all examples goes back as one.

    References
    ----------
    .. [1] J. Martens, R. Grosse, "Optimizing neural networks with Kronecker-factored
           approximate curvature", ICML 2015.
    .. [2] R. Grosse, J. Martens, "A Kronecker-factored approximate Fisher matrix for
           convolution layers", ICML 2016.

    Examples
    --------
    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> x = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> curvature = kfac(net, mse, x, np.ones((2, 1)))
    >>> A, G = curvature.factors[""]
    >>> A, G
    (array([[4.5, 0. ],
           [0. , 0.5]]), array([[2.]]))
    >>> curvature.operator() @ np.eye(2)
    array([[9., 0.],
           [0., 1.]])
    """
    if kind not in ("ggn", "empirical"):
        raise ValueError(f"kfac: kind is {kind!r}, expected 'ggn' or 'empirical'")
    at, cost = joined("kfac", net, criterion, x, target, kind == "ggn")
    if kind == "ggn":
        refuse_straight("kfac", cost)
        columns = _columns(cost)
    else:
        columns = [_own_column(at.net, cost)]
    rows = Rows(at)
    with progress(len(columns), " columns", delay=1) as bar:
        for column in columns:
            rows.add(column)
            bar.update()
    layers, left_out = rows.layers()
    others = np.zeros(at.weights, at.dtype)
    if left_out:
        if kind == "ggn":
            others += ggn_diagonal(at, cost)
        elif (singles := Singles(at)).fits:
            grads = singles.grads(at.as_y(np.ravel(columns[0])))
            others += np.concatenate([np.sum(g**2, axis=0).ravel() for g in grads])
    return KroneckerFactors(layers, left_out, others)


def _columns(cost):
    """Return S of H_C = S S^T: columns that examples have side by side, if they can."""
    S, signs = factors(cost.blocks() if cost.by_example else cost.whole()[None])
    return S * (signs > 0)[..., None]


def _own_column(net, cost):
    """Return gradients whose outer products weigh as their examples do in the cost."""
    own = own_gradients("kfac", net, cost.criterion, cost.y, cost.target)[1]
    whole, part = (_sizes(dC_dy) for dC_dy in (own, cost.gradient))
    with np.errstate(invalid="ignore"):
        # the share of each: 1, or 1/N where the cost is a mean, or by class weights
        shares = np.divide(part, whole, out=np.zeros_like(whole), where=whole != 0)
        return own * np.sqrt(shares)


def _sizes(dC_dy):
    """Return the sum of the absolute entries of each example, to multiply them with."""
    return np.abs(dC_dy).sum(axis=tuple(range(1, dC_dy.ndim)), keepdims=True)
