"""Gradients of single examples, and their norms."""

import numpy as np

from nnmods.analysis.checks import check_module
from nnmods.analysis.linearised import Linearised
from nnmods.analysis.singles import Singles
from nnmods.core.examples import count
from nnmods.core.tables import check_like


def per_example_grads(net, x, dC_dy, *, check=True):
    """Return what each example of a batch adds to the parameter gradients.

    ::

        found[k][n] = (dy_n/dp_k)^T dC_dy[n],      found[k].sum(axis=0): the gradient

    Parameters
    ----------
    net : Module
        Any. It does a `forward`, unless x is that of its last one, and a `backward`;
        its own gradients stay as they are.
    x, dC_dy : ndarray or table
        A batch along `example_axis` of the net, mostly the first axis.
    check : bool, default=True
        Whether to compare the gradient of one example with that of the example alone,
        by a copy of the net. In a training loop the first time is enough.

    Returns
    -------
    list of ndarray
        In the order of ``net.parameters()``, each (N, *shape of the parameter): N times
        the memory of all parameters. For norms there is `per_example_grad_norms`.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``dC_dy`` a table where y is an array.
    ValueError
        If ``dC_dy`` is not shaped like y, or x counts no examples; by the check, if
        examples depend on each other, as with batch statistics, or a module is random.

    Notes
    -----
    Parameters that stand at several places, shared by `clone` or in a sequence, have
    one gradient, of all places together. Where a module mixes examples in a way of its
    own, its container goes through the examples one by one.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(2, 1, rng=0)
    >>> weight, bias = per_example_grads(net, np.eye(2), np.array([[3.0], [5.0]]))
    >>> weight.tolist(), bias.tolist()
    ([[[3.0, 0.0]], [[0.0, 5.0]]], [[3.0], [5.0]])
    """
    ready("per_example_grads", net, x, dC_dy, check)
    return net.per_example_grads(x, dC_dy)


def per_example_grad_norms(net, x, dC_dy, *, check=True):
    """Return the Euclidean norm of each example's gradient, by all parameters at once.

    Linear layers, convolutions and lookups have formulas that do not form the
    gradients: of `Linear`, |x_n| |dC_dy_n|. Parameters, errors and notes are those of
    `per_example_grads`.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(2, 1, bias=False, rng=0)
    >>> per_example_grad_norms(net, np.eye(2) * 2, np.array([[3.0], [5.0]]))
    array([ 6., 10.])
    """
    ready("per_example_grad_norms", net, x, dC_dy, check)
    return np.sqrt(net.per_example_sq_norms(x, dC_dy))


def ready(owner, net, x, dC_dy, check):
    """Let a net do its `forward`, unless x is that of the last one, and `backward`."""
    require(owner, net, x, check)
    y = net.y if x is net._x and net.y is not None else net.forward(x)
    check_like(owner, "dC_dy", dC_dy, y)
    count(x, net.example_axis)
    net.backward(x, dC_dy)


def require(owner, net, x, check=True):
    """Raise unless ``net`` is a Module, and by the check, its examples are singles."""
    check_module(owner, net)
    if check:
        require_singles(owner, Linearised(owner, net, x))


def require_singles(owner, at):
    """Raise unless the gradient of an example is that of the example alone."""
    singles = Singles(at)
    if singles.n and not singles.fits:
        raise ValueError(
            f"{owner}: net gives an example of x another gradient than it has alone, "
            "expected examples that do not depend on each other; evaluate() holds "
            "batch statistics and dropout, check=False takes each one's share"
        )
