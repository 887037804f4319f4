"""Nodes: what stands in the layers of a drawing, and how it is connected."""

from dataclasses import dataclass, field

from nnmods.drawing.boxes import Box


@dataclass(eq=False, slots=True)
class Node:
    """A place in a layer: a block, or where an edge or its label passes.

    Attributes
    ----------
    layer : int
    box : Box or None
    left, right, height : float
        How far it extends from its x, and its height.
    place : int
        In its layer, from the left.
    below, above : list of Segment
    x : float
    """

    layer: int
    box: Box | None = None
    left: float = 4
    right: float = 4
    height: float = 0
    place: int = 0
    below: list = field(default_factory=list)
    above: list = field(default_factory=list)
    x: float = 0.0


@dataclass(eq=False, slots=True)
class Segment:
    """A part of an edge, from one layer to the next.

    Attributes
    ----------
    source, target : Node
    weight : float
    leaves, arrives : float
        To the right of the x of its ends.
    first, last : float
        Where it stands among the ports of a container, from -0.5 to 0.5.
    """

    source: Node
    target: Node
    weight: float
    leaves: float = 0.0
    arrives: float = 0.0
    first: float = 0.0
    last: float = 0.0


@dataclass
class Layers:
    """Nodes in rows, the lowest first.

    Attributes
    ----------
    rows : list of list of Node
    nodes : list of Node
        Of the blocks.
    paths : list of list of Segment
        The way of each edge.
    labels : list of Node or None
        Of the label of each edge.
    """

    rows: list
    nodes: list
    paths: list
    labels: list
