"""Placed: blocks with their rectangles, edges with their curves."""

from dataclasses import dataclass

from nnmods.drawing.boxes import header
from nnmods.drawing.diagram import Block, Edge


@dataclass
class PlacedBlock:
    """A block and its rectangle.

    Attributes
    ----------
    block : Block
    x, y : float
        Of its upper left corner.
    width, height : float
    inside : Layout or None
        Of a container.
    """

    block: Block
    x: float
    y: float
    width: float
    height: float
    inside: "Layout | None" = None


@dataclass
class RoutedEdge:
    """An edge and its curve.

    Attributes
    ----------
    edge : Edge
    points : list of tuple of float
        Control points of cubic Bezier pieces: the first point, on the border of its
        source, then three for each piece. `routes.along` yields points between.
    label : tuple of float or None
        The rectangle of its label: x, y, width, height.
    """

    edge: Edge
    points: list
    label: tuple | None = None


@dataclass
class Layout:
    """A diagram with places, all of them in the picture as a whole.

    Attributes
    ----------
    blocks : list of PlacedBlock
    edges : list of RoutedEdge
    width, height : float
    """

    blocks: list
    edges: list
    width: float
    height: float


def moved(layout, dx, dy):
    """Return a layout shifted, and what is in its containers put into them."""
    # now each level counts from its own corner; then all count from one
    blocks, edges = [], []
    for b in layout.blocks:
        x, y, inside = b.x + dx, b.y + dy, None
        if b.inside is not None:
            middle = x + (b.width - b.inside.width) / 2
            inside = moved(b.inside, middle, y + header(b.block))
        blocks.append(PlacedBlock(b.block, x, y, b.width, b.height, inside))
    for e in layout.edges:
        points = [(x + dx, y + dy) for x, y in e.points]
        label = e.label and (e.label[0] + dx, e.label[1] + dy, *e.label[2:])
        edges.append(RoutedEdge(e.edge, points, label))
    return Layout(blocks, edges, layout.width, layout.height)
