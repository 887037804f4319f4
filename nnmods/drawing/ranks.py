"""Ranks: at which height each block of a diagram stands."""

from graphlib import CycleError, TopologicalSorter


def neighbours(diagram):
    """Return the blocks before and after each block, each of them once.

    Raises
    ------
    ValueError
        If an edge leads to a block that is not there.
    """
    n = len(diagram.blocks)
    before, after = [{} for _ in range(n)], [{} for _ in range(n)]
    for i, edge in enumerate(diagram.edges):
        for name in ("source", "target"):
            if not 0 <= getattr(edge, name) < n:
                raise ValueError(
                    f"layout: edge {i} has {name} {getattr(edge, name)}, "
                    f"expected one of {n} blocks"
                )
        before[edge.target][edge.source] = after[edge.source][edge.target] = True
    return [list(b) for b in before], [list(a) for a in after]


def topological(before):
    """Return the blocks such that every edge leads to a later one.

    Raises
    ------
    ValueError
        If there is a cycle.
    """
    try:
        return list(TopologicalSorter(dict(enumerate(before))).static_order())
    except CycleError as err:
        v = err.args[1][0]
        raise ValueError(
            f"layout: block {v} has a cycle before it, expected none"
        ) from None


def ranks(diagram, ports):
    """Return the rank of each block: 0 at the bottom, edges lead upwards.

    A block stands as low as the longest way to it allows, but moves up to those that
    use it if that shortens more edges than it lengthens. Outputs stand on top.

    Parameters
    ----------
    diagram : Diagram
    ports : bool
        Whether its inputs stand on the lower border of a container.
    """
    before, after = neighbours(diagram)
    order = topological(before)
    kinds = [block.kind for block in diagram.blocks]
    fixed = {v for v, kind in enumerate(kinds) if kind == "input" and ports}
    rank = [0 if v in fixed or not fixed else 1 for v in range(len(kinds))]
    private = [False] * len(kinds)  # is used, as is all before it, by one block only
    for v in order:
        rank[v] = max([rank[v], *(rank[u] + 1 for u in before[v])])
        private[v] = v not in fixed and len(after[v]) == 1
        private[v] &= all(private[u] for u in before[v])

    ends = [v for v, kind in enumerate(kinds) if kind == "output" and not after[v]]
    top = 1 + max((r for v, r in enumerate(rank) if v not in set(ends)), default=-1)
    for v in ends:
        rank[v] = top
    for v in reversed(order):
        if after[v] and v not in fixed:
            if private[v] or len(after[v]) > len(before[v]):
                rank[v] = max(rank[v], min(rank[w] for w in after[v]) - 1)
    return rank


def skips(diagram):
    """Return, for each edge, whether there is a longer way between its ends."""
    before, after = neighbours(diagram)
    reached = [0] * len(before)  # bit w: block w
    beyond = list(reached)
    for v in reversed(topological(before)):
        for w in after[v]:
            reached[v] |= 1 << w
            beyond[v] |= reached[w]
        reached[v] |= beyond[v]
    return [bool(beyond[e.source] >> e.target & 1) for e in diagram.edges]
