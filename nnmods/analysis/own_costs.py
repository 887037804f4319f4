"""Own costs: what a criterion of a batch says of each example by itself."""

import numpy as np

from nnmods.core import Criterion
from nnmods.core.tables import copied, map_table


def own_gradients(owner, criterion, y, target):
    """Return C, and dC_dy of each example's own cost: the criterion's, if it sums.

    One that averages over the batch gives an example 1/N of its own; which of the two
    it does is seen from an example that stands there twice.
    """
    if not isinstance(criterion, Criterion):
        raise TypeError(
            f"{owner}: criterion has type {type(criterion).__name__}, "
            "expected a Criterion"
        )
    n = len(y) if isinstance(y, np.ndarray) and y.ndim else None
    if n is None or not hasattr(target, "__len__") or len(target) != n:
        raise ValueError(
            f"{owner}: y and target count no examples along a first axis of one length"
        )
    C = criterion.forward(y, target)
    dC_dy = copied(criterion.backward(y, target))
    if not dC_dy.any():
        return C, dC_dy
    pulled = int(np.abs(dC_dy).reshape(n, -1).sum(axis=1).argmax())
    return C, dC_dy * n if averages(criterion, y, target, pulled) else dC_dy


def averages(criterion, y, target, i):
    """Tell whether an example counts half each time where it stands twice."""
    twin = criterion.clone()
    alone, twice = (
        np.array(twin.backward(*(_rows(t, rows) for t in (y, target))))
        for rows in ([i], [i, i])
    )
    return not np.allclose(twice[0], alone[0])


def own_costs(criterion, y, target):
    """Return the cost of each example by itself."""
    twin = criterion.clone()
    pairs = ((_rows(y, [n]), _rows(target, [n])) for n in range(len(y)))
    return np.array([twin.forward(*pair) for pair in pairs])


def _rows(values, rows):
    return map_table(lambda a: np.asarray(a)[rows], values)
