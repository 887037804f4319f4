"""Sketch of a graph: its wiring as pictures and its repr show it."""

from nnmods.containers.wiring import shown
from nnmods.core.leaves import leaves
from nnmods.core.sketch import Line, Link, Sketch
from nnmods.core.tables import is_table


def graph_sketch(graph):
    """Return the `Sketch` of a graph.

    Examples
    --------
    >>> from nnmods.activations import Tanh
    >>> from nnmods.containers import Graph
    >>> from nnmods.core import Input
    >>> x = Input()
    >>> sketch = graph_sketch(Graph(x, Tanh()(x).named("hidden")))
    >>> [link[:2] for link in sketch.links], sketch.names
    ([('x', 0), (0, 'hidden')], {0: 'hidden'})
    """
    labels, nodes = graph.plan.labels, graph.wiring["nodes"]
    inputs, outputs, texts, links, names = {}, {}, {}, [], {}
    for k, place in _places(graph.wiring["inputs"]):
        texts[k] = _apart(labels[k], inputs, " (in)")
        inputs[texts[k]] = place

    def source(k):
        """Return where the value of a node comes from, and which entry it is."""
        entry = ()
        while nodes[k][2] is not None:
            entry, k = (nodes[k][2][0], *entry), nodes[k][1]
        return (texts[k] if nodes[k][0] is None else nodes[k][0]), entry

    for child, sources, _, name in nodes:
        if child is None:
            continue
        if name is not None:
            names[child] = name
        for k in leaves(sources):
            end, entry = source(k)
            links.append(Link(end, child, entry=entry))
    for k, place in _places(graph.wiring["outputs"]):
        name = nodes[k][3]
        if place or name is None or k in texts:
            name = f"y{''.join(f'[{i}]' for i in place)}"
        text = _apart(name, [*inputs, *outputs], " (out)")
        outputs[text] = place
        end, entry = source(k)
        links.append(Link(end, text, entry=entry))
    return Sketch(links, inputs, outputs, names=names, lines=graph_lines(graph))


def graph_lines(graph):
    """Return the lines: each module with its sources, named entries, x and y."""
    labels, wiring = graph.plan.labels, graph.wiring
    inputs, lines = wiring["inputs"], []
    if is_table(inputs) or labels[inputs] != "x":
        gradients = [f"dC/d{label}" for label in labels]
        text, back = shown(inputs, labels), shown(inputs, gradients)
        lines.append(Line(f"x = {text}", f"dC/dx = {back}"))
    for child, sources, entry, name in wiring["nodes"]:
        if child is not None:
            text = shown(sources, labels)
            lines.append(Line(f" <- {text}", f" -> {text}", child))
        elif entry is not None and name is not None:
            text = f"{labels[sources]}[{entry[0]}]"
            lines.append(Line(f"{name} = {text}", f"dC/d{name} -> {text}"))
    text = shown(wiring["outputs"], labels)
    return [*lines, Line(f"y = {text}", f"dC/dy -> {text}")]


def _places(table, place=()):
    """Yield (node, its place) from a table of nodes, or for the one."""
    if is_table(table):
        for i, entry in enumerate(table):
            yield from _places(entry, (*place, i))
    else:
        yield table, place


def _apart(text, taken, suffix):
    while text in taken:
        text += suffix
    return text
