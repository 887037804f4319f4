"""Layers: the blocks of a diagram in rows, and edges that lead from row to row."""

from nnmods.drawing.boxes import LEADING, SMALL
from nnmods.drawing.lettering import text_width
from nnmods.drawing.nodes import Layers, Node, Segment
from nnmods.drawing.ranks import ranks, skips

BESIDE = 5  # between an edge and its label
STRONG, WEAK, SIDEWAYS = 8, 4, 1  # how much an edge wants to be straight
STRAIGHT = 4  # times more where it neither forks nor joins


def layers_of(diagram, boxes, ports):
    """Return the layers of a diagram, with a place for all that edges pass.

    Between two ranks there is one more layer where an edge with a label starts. The
    label has a node of its own, to whose right it stands.
    """
    rank = ranks(diagram, ports)
    labelled = {rank[e.source] for e in diagram.edges if e.label or e.back}
    level, n = {}, 0
    for r in range(max(rank, default=-1) + 1):
        level[r] = n
        n += 1 + (r in labelled)
    rows = [[] for _ in range(n)]

    nodes = []
    for box, r in zip(boxes, rank, strict=True):
        half = box.width / 2
        nodes.append(Node(level[r], box, half, half, box.height))
    sources = {edge.source for edge in diagram.edges}
    targets = {edge.target for edge in diagram.edges}
    layers = Layers(rows, nodes, [], [])
    for edge, skip in zip(diagram.edges, skips(diagram), strict=True):
        inner = edge.source in targets and edge.target in sources
        weight = SIDEWAYS if skip else STRONG if inner else WEAK
        _lay(layers, edge, weight)
    _keep_straight(layers)
    _share_ports(_ends(layers, 0), "first")
    _share_ports(_ends(layers, -1), "last")
    _fill_rows(layers)
    return layers


def _lay(layers, edge, weight):
    source, target = layers.nodes[edge.source], layers.nodes[edge.target]
    way = [source]
    for layer in range(source.layer + 1, target.layer):
        way.append(Node(layer))
    label = None
    if edge.label or edge.back:
        label = way[1]
        label.right = BESIDE + max(
            text_width(edge.label, SMALL), text_width(edge.back, SMALL)
        )
        label.height = SMALL * LEADING
    way.append(target)
    path = [Segment(a, b, weight) for a, b in zip(way, way[1:], strict=False)]
    for segment in path:
        segment.source.above.append(segment)
        segment.target.below.append(segment)
    layers.paths.append(path)
    layers.labels.append(label)


def _keep_straight(layers):
    """Let edges bend where they fork or join, rather than on their way."""
    for path in layers.paths:
        for segment in path:
            if len(segment.source.above) == len(segment.target.below) == 1:
                segment.weight *= STRAIGHT


def _ends(layers, i):
    """Return the first or last segments of all edges, by the container they touch."""
    found = {}
    for path in layers.paths:
        node = path[i].target if i else path[i].source
        ports = node.box.inputs if i else node.box.outputs
        found.setdefault(node, ([], ports))[0].append(path[i])
    return list(found.values())


def _share_ports(ends, name):
    """Give each edge of a container its own port, where there are as many."""
    for segments, ports in ends:
        if len(segments) == len(ports) > 1:
            order = sorted(range(len(ports)), key=ports.__getitem__)
            for place, k in enumerate(order):
                setattr(segments[k], name, (place + 1) / (len(ports) + 1) - 0.5)


def _fill_rows(layers):
    """Put the nodes into their rows as a search from the left meets them."""
    met = set()
    for root in layers.nodes:
        if root.below:
            continue
        todo = [root]
        while todo:
            node = todo.pop()
            if node in met:
                continue
            met.add(node)
            node.place = len(layers.rows[node.layer])
            layers.rows[node.layer].append(node)
            # ways around something go to the right of it
            ways = sorted(reversed(node.above), key=lambda s: s.weight)
            todo += [s.target for s in ways]
