"""Topological order: nodes after all of their sources."""

import heapq


def sources_first(parents, names):
    """Return the numbers of nodes, sources first, otherwise from small to large.

    Parameters
    ----------
    parents : list of list of int
        The sources of each node.
    names : list of str
        What errors call them.

    Raises
    ------
    ValueError
        If there is a cycle, which the error names.

    Examples
    --------
    >>> sources_first([[], [2], [0, 0]], ["x", "y", "h"])
    [0, 2, 1]
    """
    users, missing = [[] for _ in parents], []
    for k, above in enumerate(parents):
        missing.append(len(above))
        for parent in above:
            users[parent].append(k)
    ready = [k for k, count in enumerate(missing) if not count]  # a heap: it is sorted
    order = []
    while ready:
        order.append(heapq.heappop(ready))
        for user in users[order[-1]]:
            missing[user] -= 1
            if not missing[user]:
                heapq.heappush(ready, user)
    if len(order) < len(parents):
        cycle = " <- ".join(names[k] for k in _cycle(parents, missing))
        raise ValueError(f"Graph: wiring has a cycle, {cycle}, expected none")
    return order


def _cycle(parents, missing):
    """Return the nodes of a cycle, each before one of its sources."""
    k = next(k for k, count in enumerate(missing) if count)
    path, places = [], {}
    while k not in places:  # each of these has a source that is one of them too
        places[k] = len(path)
        path.append(k)
        k = next(parent for parent in parents[k] if missing[parent])
    return [*path[places[k] :], k]
