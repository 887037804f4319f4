"""Own costs: what a criterion of a batch says of each example by itself."""

import numpy as np

from nnmods.analysis.checks import check_criterion
from nnmods.core.examples import count
from nnmods.core.tables import copied


def own_gradients(owner, net, criterion, y, target):
    """Return C, and dC_dy of each example's own cost, with y what the net made.

    The criterion is asked of one example after the other: what it divides by in a
    batch, such as a sum of class weights, hangs on what else is in it.

    Raises
    ------
    ValueError
        If the net counts examples along another axis than the target does.
    """
    check_criterion(owner, criterion)
    if net.example_axis != 0:
        raise ValueError(
            f"{owner}: net has example_axis {net.example_axis}, expected 0, along "
            "which targets count examples"
        )
    n = len(y) if isinstance(y, np.ndarray) and y.ndim else None
    if n is None or not hasattr(target, "__len__") or len(target) != n:
        raise ValueError(
            f"{owner}: y and target count no examples along a first axis of one length"
        )
    C = criterion.forward(y, target)
    own = copied(criterion.backward(y, target))
    for i, dC_dy in enumerate(_alone(criterion.clone().backward, y, target)):
        own[i] = dC_dy[0]
    return C, own


def pull_back(owner, net, criterion, x, y, target):
    """Return the same two, after a `backward` of the net, whose y of x it is."""
    C, dC_dy = own_gradients(owner, net, criterion, y, target)
    count(x)
    net.backward(x, dC_dy)
    return C, dC_dy


def own_costs(criterion, y, target):
    """Return the cost of each example by itself."""
    return np.array(list(_alone(criterion.clone().forward, y, target)))


def _alone(verb, y, target):
    """Yield what a verb of a criterion says of each example, a batch of one."""
    for i in range(len(y)):
        yield verb(y[i : i + 1], target[i : i + 1])
