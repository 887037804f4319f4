"""Diagram: what stands in a picture of a network, before it has a place.

The forward graph and the gradient graph are one diagram, read in both directions: so
they can be laid out once, and drawn side by side.
"""

from dataclasses import dataclass, field

#: Input, output: of the network, or ports on the border of a box. Fan: where one value
#: goes several ways, and gradients are summed. Joint: what happens between modules.
#: Folded: modules that are counted instead of shown.
KINDS = ("input", "output", "module", "cost", "container", "fan", "joint", "folded")


@dataclass
class Block:
    """Something with a border.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    lines : list of str
        What stands in it, or above the inside of a container. May be empty.
    back : list of str
        What stands there in the gradient graph.
    inside : Diagram or None
        Of a container.
    path : str
        Of the module in the network.
    one_way : bool
        Whether no gradient comes to it: it is left out of the gradient graph.
    when_folded : tuple of (list of str, list of str)
        What stands in a container too, forward and back, where its inside is not shown.
    """

    kind: str
    lines: list = field(default_factory=list)
    back: list = field(default_factory=list)
    inside: "Diagram | None" = None
    path: str = ""
    one_way: bool = False
    when_folded: tuple = ((), ())


@dataclass
class Edge:
    """A value that goes from one block to another.

    Attributes
    ----------
    source, target : int
        Places in ``blocks``.
    label : str
        Such as its shape, or nothing.
    back : str
        What is said of its gradient, such as ``dC/dx``.
    dashed : bool
        Whether it is taken in some calls only.
    one_way : bool
        Whether no gradient comes back: it is left out of the gradient graph.
    """

    source: int
    target: int
    label: str = ""
    back: str = ""
    dashed: bool = False
    one_way: bool = False


@dataclass
class Diagram:
    """Blocks, and the edges between them: a directed acyclic graph.

    Attributes
    ----------
    blocks : list of Block
    edges : list of Edge
    """

    blocks: list = field(default_factory=list)
    edges: list = field(default_factory=list)

    def walk(self):
        """Yield all blocks, those inside of others after these."""
        for block in self.blocks:
            yield block
            if block.inside is not None:
                yield from block.inside.walk()
