"""Joining: a network at one x, and the cost of what it makes there."""

from nnmods.analysis.cost import Cost
from nnmods.analysis.linearised import Linearised
from nnmods.core import Container


def joined(owner, net, criterion, x, target, joins=True):
    """Return a network at x, a `Linearised`, and its `Cost`, which has taken that y.

    With ``joins``, a last module that joins the cost stands in it, not in the network.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``criterion`` no Criterion.
    ValueError
        If there are no parameters, or a module is a surrogate.
    """
    net, tail = parted(net, criterion) if joins else (net, None)
    at = Linearised(owner, net, x)
    if at.weights == 0:
        raise ValueError(f"{owner}: net has 0 parameters, expected at least one")
    cost = Cost(owner, criterion, target, tail)
    cost.at(at.y)
    return at, cost


def parted(net, criterion):
    """Return a network without a last module that joins the cost, and that module.

    Without such a module, or with a criterion that is curved itself, they are the
    network as it is, and None.
    """
    if not isinstance(net, Container) or getattr(criterion, "curved", True):
        return net, None
    inner = net = net.clone()
    while isinstance(inner, Container) and inner.is_chain and len(inner):
        last = inner[-1]
        if last.joins_cost:
            return net, inner.remove(-1)
        inner = last
    return net, None


def refuse_straight(owner, cost):
    """Raise where the Hessian of a criterion is 0 everywhere."""
    if cost.straight:
        raise ValueError(
            f"{owner}: {cost.criterion!r} is straight in y, expected a curved one, or "
            "a last LogSoftMax in a Sequential: the Gauss-Newton matrix would be 0"
        )
