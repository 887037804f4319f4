"""Places: the x of each node, such that edges are straight and blocks centred.

A linear programme (as of E. Gansner et al., "A technique for drawing directed graphs",
IEEE Transactions on Software Engineering 19, 1993, section 4)::

    minimise   sum of weight |x_source + leaves - x_target - arrives|
    such that  x_b - x_a >= distance(a, b)    for neighbours a, b in a layer

Where that leaves a choice, a node stands in the middle of its neighbours, and the
picture is narrow. A strong edge is straight on its way from layer to layer, unless it
crosses another one there; a weak one, such as a way around something, may bend.
"""

from nnmods.drawing.programme import Programme

GAP = {2: 20, 1: 14, 0: 8}  # between two neighbours, by how many of them are blocks
CENTRED, NARROW, CLOSE = 0.2, 0.02, 0.01  # weights, next to those of edges
RIGID = 8  # edges of this weight do not bend on their way


def set_places(rows):
    """Set the x of all nodes of ordered rows, with ports set."""
    if all(len(row) == 1 for row in rows):
        _stack(rows)
    elif rows:
        _solve(rows)


def _stack(rows):
    for (node,) in rows[1:]:
        segment = max(node.below, key=lambda s: s.weight, default=None)
        if segment:
            node.x = segment.source.x + segment.leaves - segment.arrives


def distance(a, b):
    """Return how far the x of neighbours are from one another, at least."""
    n_blocks = (a.box is not None) + (b.box is not None)
    return a.right + b.left + GAP[n_blocks]


def _solve(rows):
    columns = _columns(rows)
    n = 3 + max(columns.values())  # with the two borders
    left, right = n - 2, n - 1
    programme = Programme(n)
    apart = {}
    for row in rows:
        for a, b in zip(row, row[1:], strict=False):
            pair = columns[a], columns[b]
            apart[pair] = max(apart.get(pair, 0), distance(a, b))
        programme.keep(left, columns[row[0]], row[0].left)
        programme.keep(columns[row[-1]], right, row[-1].right)
        programme.cost[columns[row[0]]] -= CLOSE
        programme.cost[columns[row[-1]]] += CLOSE
    for (a, b), length in apart.items():
        programme.keep(a, b, length)
    programme.cost[[left, right]] += -NARROW, NARROW

    for row in rows:
        for node in row:
            for s in node.above:
                if columns[s.source] != columns[s.target]:
                    weights = {columns[s.source]: 1.0, columns[s.target]: -1.0}
                    programme.want(weights, s.arrives - s.leaves, s.weight)
            for segments in (node.above, node.below):
                _centre(programme, columns, node, segments)
    x = programme.solve()
    for node, column in columns.items():
        node.x = x[column]


def _centre(programme, columns, node, segments):
    most = max((s.weight for s in segments), default=0)
    strong = [s for s in segments if s.weight == most]
    if len(strong) < 2:
        return
    weights, offset = {columns[node]: 1.0}, 0.0
    for s in strong:
        end, shift = (
            (s.target, s.leaves - s.arrives)
            if s.source is node
            else (s.source, s.arrives - s.leaves)
        )
        column = columns[end]
        weights[column] = weights.get(column, 0) - 1 / len(strong)
        offset -= shift / len(strong)
    programme.want(weights, offset, CENTRED)


def _columns(rows):
    """Number the nodes: those that an edge passes straight through share a number."""
    columns, n = {}, 0
    for row in rows:
        broken = _crossed(row)
        for node in row:
            before = node.below[0] if node.box is None else None
            passing = before and before.source.box is None
            if passing and before not in broken and before.weight >= RIGID:
                columns[node] = columns[before.source]
            else:
                columns[node], n = n, n + 1
    return columns


def _crossed(row):
    """Return the segments into a row, between passing edges, that cross another."""
    broken, furthest = set(), -1
    for node in row:
        if node.box is None and node.below[0].source.box is None:
            segment = node.below[0]
            if segment.source.place < furthest:
                broken.add(segment)
            else:
                furthest = segment.source.place
    return broken
