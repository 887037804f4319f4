"""Own costs: what a criterion of a batch says of each example by itself."""

import numpy as np

from nnmods.analysis.checks import check_criterion
from nnmods.core.examples import count
from nnmods.core.tables import copied, map_table


def own_gradients(owner, criterion, y, target):
    """Return C, and dC_dy of each example's own cost: the criterion's, if it sums.

    One that averages over the batch gives an example 1/N of its own; which of the two
    it does is seen from an example that stands there twice.
    """
    check_criterion(owner, criterion)
    n = len(y) if isinstance(y, np.ndarray) and y.ndim else None
    if n is None or not hasattr(target, "__len__") or len(target) != n:
        raise ValueError(
            f"{owner}: y and target count no examples along a first axis of one length"
        )
    C = criterion.forward(y, target)
    dC_dy = copied(criterion.backward(y, target))
    if not dC_dy.any():
        return C, dC_dy
    pulls = np.abs(dC_dy).reshape(n, -1).sum(axis=1)
    pulled = int(np.where(np.isfinite(pulls), pulls, 0).argmax())
    return C, dC_dy * n if averages(criterion, y, target, pulled) else dC_dy


def pull_back(owner, net, criterion, x, y, target):
    """Return the same two, after a `backward` of the net, whose y of x it is.

    Raises
    ------
    ValueError
        If the net counts examples along another axis than the target does.
    """
    if net.example_axis != 0:
        raise ValueError(
            f"{owner}: net has example_axis {net.example_axis}, expected 0, along "
            "which targets count examples"
        )
    count(x)
    C, dC_dy = own_gradients(owner, criterion, y, target)
    net.backward(x, dC_dy)
    return C, dC_dy


def averages(criterion, y, target, i):
    """Tell whether an example counts half each time where it stands twice."""
    twin = criterion.clone()
    alone, twice = (
        np.abs(twin.backward(*(_rows(t, rows) for t in (y, target)))[0]).sum()
        for rows in ([i], [i, i])
    )
    return bool(twice < 0.75 * alone)


def own_costs(criterion, y, target):
    """Return the cost of each example by itself."""
    twin = criterion.clone()
    pairs = ((_rows(y, [n]), _rows(target, [n])) for n in range(len(y)))
    return np.array([twin.forward(*pair) for pair in pairs])


def _rows(values, rows):
    return map_table(lambda a: np.asarray(a)[rows], values)
