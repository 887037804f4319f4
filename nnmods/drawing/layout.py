"""Layout: a place for each block of a diagram, a way for each edge."""

from nnmods.drawing.boxes import SIDE, box
from nnmods.drawing.crossings import reduce_crossings
from nnmods.drawing.diagram import Diagram
from nnmods.drawing.layers import BESIDE, layers_of
from nnmods.drawing.placed import Layout, PlacedBlock, RoutedEdge, moved
from nnmods.drawing.places import set_places
from nnmods.drawing.ports import set_ports
from nnmods.drawing.routes import heights, route


def layout(diagram):
    """Lay out a diagram: forward edges lead upwards, and y counts downwards.

    A layered drawing, from the inside out: what is in a container is laid out first,
    which then is one large block. Each block and label has room for its texts in the
    forward graph and in the gradient graph. The k-th edge to a container meets its k-th
    input where it has as many of them, and so with outputs.

    Parameters
    ----------
    diagram : Diagram

    Returns
    -------
    layout : Layout

    Raises
    ------
    ValueError
        If there is a cycle, or an edge leads to a block that is not there.

    Examples
    --------
    >>> from nnmods.drawing.diagram import Block, Edge
    >>> chain = Diagram([Block("input", ["x"]), Block("module", ["Tanh()"])])
    >>> chain.edges.append(Edge(0, 1))
    >>> x, tanh = layout(chain).blocks
    >>> tanh.y < x.y
    True
    """
    return moved(_level(diagram, ports=False), 0.0, 0.0)


def _level(diagram, ports):
    boxes = []
    for block in diagram.blocks:
        inside = None
        if block.kind == "container":
            inside = _level(block.inside or Diagram(), ports=True)
        boxes.append(box(block, inside))
    layers = layers_of(diagram, boxes, ports)
    reduce_crossings(layers.rows)
    set_ports(layers.nodes)
    set_places(layers.rows)
    return _placed(diagram, layers, SIDE if ports else 0)


def _placed(diagram, layers, side):
    """Return the layout of one level, with whatever it contains in its own place."""
    nodes = [node for row in layers.rows for node in row]
    if not nodes:
        return Layout([], [], 0, side)
    shift = side - min(node.x - node.left for node in nodes)
    width = side + shift + max(node.x + node.right for node in nodes)
    bands = heights(layers.rows)
    below = side if side and not _only(layers.rows[0], "input") else 0
    above = side if side and not _only(layers.rows[-1], "output") else 0
    height = below + bands[-1][1] + above
    for node in nodes:
        node.x += shift
    bands = [(low + below, high + below) for low, high in bands]

    ends, blocks = {}, []
    for node in layers.nodes:
        bottom, top = _rest(node, bands, bool(side), len(bands))
        ends[node] = bottom, top
        box = node.box
        x = node.x - box.width / 2
        placed = PlacedBlock(
            box.block, x, height - top, box.width, box.height, box.inside
        )
        blocks.append(placed)
    edges = []
    for edge, path, label in zip(
        diagram.edges, layers.paths, layers.labels, strict=True
    ):
        start, end = ends[path[0].source][1], ends[path[-1].target][0]
        points = [(x, height - y) for x, y in route(path, bands, start, end)]
        edges.append(RoutedEdge(edge, points, label and _beside(label, bands, height)))
    return Layout(blocks, edges, width, height)


def _only(row, kind):
    return any(node.box and node.box.block.kind == kind for node in row)


def _rest(node, bands, ports, n):
    """Return the lower and upper end of a block, in the middle of its layer.

    Ports are on the border.
    """
    low, high = bands[node.layer]
    kind = node.box.block.kind
    if ports and kind == "input":
        middle = low + node.height / 2
    elif ports and kind == "output" and node.layer == n - 1:
        middle = high - node.height / 2
    else:
        middle = (low + high) / 2
    return middle - node.height / 2, middle + node.height / 2


def _beside(label, bands, height):
    low, high = bands[label.layer]
    y = height - (low + high + label.height) / 2
    return label.x + BESIDE, y, label.right - BESIDE, label.height
