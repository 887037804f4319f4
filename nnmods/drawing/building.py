"""Building: from a network to the diagram of it."""

from nnmods.core.sketch import sketch_of
from nnmods.drawing.captions import (
    back_lines,
    ends_in_cost,
    forward_lines,
    given,
    gradients,
    is_container,
    is_cost,
    title,
)
from nnmods.drawing.diagram import Block, Diagram, Edge
from nnmods.drawing.folding import fold, fold_all
from nnmods.drawing.sizes import Sizes
from nnmods.drawing.values import Values, gradient_of


def diagram_of(net, x=None, *, limit=60, depth=None, sizes=None):
    """Return the diagram of a network.

    A module is a block with its name and repr, a container a block with its children
    inside; a network about which there is nothing more to say than how its children are
    wired has no box around these. Values that go to several blocks have a fan, in which
    their gradients are summed.

    Parameters
    ----------
    net : Module
    x : ndarray or table, default=None
        Gives edges their shapes, and modules the sizes of their Jacobians.
    limit : int, default=60
        How many modules and containers are shown at most; others are folded.
    depth : int, default=None
        How many containers around one another are opened; None means all.
    sizes : Sizes, default=None
        What is known of x already.

    Examples
    --------
    >>> import nnmods as nn
    >>> diagram = diagram_of(nn.Sequential(nn.Linear(4, 3), nn.Tanh()))
    >>> [block.lines for block in diagram.blocks]
    [['x'], ['(0) Linear(4 -> 3)'], ['(1) Tanh()'], ['y']]
    """
    builder = Builder(Sizes(net, x) if sizes is None else sizes)
    heading = title(net)
    if is_container(net):
        heading = title(net, note=sketch_of(net).note)
    if is_container(net) and heading == type(net).__name__ and not gradients(net):
        diagram = builder.inside(net, "", outermost=True)
        if depth == 0:
            fold_all(diagram, builder.closed(net, "", heading))
        level = 1
    else:
        diagram, level = builder.alone(net), 0
    whole = builder.closed(net, "", heading)
    fold(diagram, limit, None if depth is None else depth - level, whole)
    return diagram


class Builder:
    """What makes blocks and edges of modules and their sketches."""

    def __init__(self, sizes):
        self.sizes = sizes

    def alone(self, net):
        """Return the diagram of a network as one block."""
        x, y = self.sizes.x(""), self.sizes.y("")
        blocks = [
            Block("input", ["x"], ["dC/dx"]),
            self.block(net, "", None),
            Block("output", ["y"], ["1" if ends_in_cost(net) else "dC/dy"]),
        ]
        return Diagram(blocks, [Edge(0, 1, x), Edge(1, 2, y)])

    def block(self, module, path, name):
        """Return the block of a module."""
        if is_container(module):
            block = self.closed(
                module, path, title(module, name, sketch_of(module).note)
            )
            block.inside = self.inside(module, path)
            return block
        heading, kind = title(module, name), "cost" if is_cost(module) else "module"
        lines = forward_lines(module, heading, self.sizes.jacobian(path))
        back = back_lines(module, heading, self.sizes.product(path))
        return Block(kind, lines, back, path=path)

    def closed(self, module, path, heading):
        """Return the block of a container, without its inside."""
        size, product = self.sizes.jacobian(path), self.sizes.product(path)
        folded = given(f"J: {size}" if size else ""), given("dC/dy J", product)
        back = given(heading, gradients(module))
        return Block("container", [heading], back, path=path, when_folded=folded)

    def inside(self, module, path, outermost=False):
        """Return the diagram of the children of a container."""
        sketch, children = sketch_of(module), module.children()
        blocks = {}
        for text in sketch.inputs:
            is_named = outermost or len(sketch.inputs) > 1
            blocks[text] = _end("input", text, gradient_of(text), is_named)
        for i, (name, child) in enumerate(children):
            below = f"{path}.{name}" if path else name
            blocks[i] = self.block(child, below, sketch.names.get(i, name))
        for link in sketch.links:
            for end in (link.source, link.target):
                if end not in blocks and end not in sketch.outputs:
                    blocks[end] = Block("joint", [end], [end])
        for text in sketch.outputs:
            is_named = outermost or len(sketch.outputs) > 1
            is_top = outermost and ends_in_cost(module, text)
            back = "1" if is_top else gradient_of(text)
            blocks[text] = _end("output", text, back, is_named)
        values = Values(sketch, children, path, self.sizes, outermost)
        for end, block in blocks.items():
            block.one_way = end not in values.going_on
        return _linked(blocks, sketch.links, values)


def _end(kind, text, back, is_named):
    """Return an input or output; one alone on the border of a box is a point."""
    return Block(kind, [text], [back]) if is_named else Block(kind)


def _linked(ends, links, values):
    """Return the diagram of blocks, a dict of the ends of links, with fans."""
    numbers = {end: k for k, end in enumerate(ends)}
    blocks, edges, fans = list(ends.values()), [], {}
    for link in links:
        source, target = numbers[link.source], numbers[link.target]
        key = values.shared(link)
        if key is None:
            one_way = link.target not in values.going_on
            texts = values.labels(link)
            edges.append(Edge(source, target, *texts, link.dashed, one_way))
            continue
        if key not in fans:
            fans[key] = len(blocks)
            blocks.append(Block("fan"))
            texts = values.fan_labels(key)
            edges.append(Edge(source, fans[key], *texts, values.is_dashed(key)))
        texts = values.branch_labels(link, key)
        edges.append(Edge(fans[key], target, *texts, link.dashed))
    return Diagram(blocks, edges)
