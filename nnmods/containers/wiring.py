"""Wiring: a graph of nodes as plain lists, with its errors."""

from nnmods.core.node import Node, has_nodes
from nnmods.core.tables import is_table


def wire(inputs, outputs):
    """Return the modules of a graph, and its wiring.

    Nodes are numbered in the order in which a walk from the outputs back to the inputs,
    from left to right, has done with them. That depends on the graph alone, and not on
    the order in which its nodes were made.

    Parameters
    ----------
    inputs, outputs : Node, or table of Node

    Returns
    -------
    modules : list of Module
    wiring : dict
        Of ``nodes``, a list of [child, sources, entry, name], of which the first three
        may be None; ``inputs`` and ``outputs``. Nodes are given by number, in tables as
        nested as those of the nodes.

    Raises
    ------
    TypeError
        If there is something else than nodes.
    ValueError
        If the nodes are no graph from these inputs to these outputs.
    """
    for argument, given in (("inputs", inputs), ("outputs", outputs)):
        if not has_nodes(given):
            raise TypeError(
                f"Graph: {argument} is {given!r}, expected a node or a table of nodes"
            )
    order = _walk(outputs)
    numbers = {id(node): k for k, node in enumerate(order)}
    _check_inputs(inputs, order, numbers)
    modules, nodes, places = [], [], {}
    for node in order:
        child = None
        if node.module is not None:
            other = places.setdefault(id(node.module), node)
            if other is not node:
                raise ValueError(
                    f"Graph: one module stands at two nodes, {other!r} and {node!r}; "
                    "clone(share=True) makes a second one with the same weights"
                )
            child = len(modules)
            modules.append(node.module)
        sources = _numbered(node.sources, numbers)
        entry = None if node.entry is None else list(node.entry)
        nodes.append([child, sources, entry, node.name])
    _check_names(order)
    return modules, {
        "nodes": nodes,
        "inputs": _numbered(inputs, numbers),
        "outputs": _numbered(outputs, numbers),
    }


def _walk(outputs):
    """Return all nodes above the outputs, sources before their users."""
    order, state, stack = [], {}, [(node, False) for node in _nodes(outputs)[::-1]]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            state[id(node)] = "done"
            order.append(node)
        elif id(node) not in state:
            state[id(node)] = "open"
            stack.append((node, True))
            stack += [(source, False) for source in node.parents()[::-1]]
        elif state[id(node)] == "open":
            below = [n for n, done in stack if done]
            cycle = below[[n is node for n in below].index(True) :]
            listed = " -> ".join(map(repr, [*cycle[:8], node]))
            raise ValueError(f"Graph: there is a cycle, {listed}, expected none")
    return order


def _check_inputs(inputs, order, numbers):
    given = _nodes(inputs)
    for i, node in enumerate(given):
        if node.sources is not None:
            raise ValueError(f"Graph: inputs has {node!r}, expected nodes of Input()")
        if id(node) not in numbers:
            raise ValueError(
                f"Graph: {node!r}, input {i}, leads to no output, expected one that does"
            )
        if any(node is other for other in given[:i]):
            raise ValueError(f"Graph: inputs has {node!r} twice, expected it once")
    for node in order:
        if node.sources is None and all(node is not other for other in given):
            raise ValueError(f"Graph: an output needs {node!r}, expected it in inputs")
        if node.sources is not None and not node.parents():
            raise ValueError(f"Graph: {node!r} depends on no input, expected one")


def _check_names(order):
    named = {}
    for node in order:
        if node.name is not None and named.setdefault(node.name, node) is not node:
            raise ValueError(
                f"Graph: {named[node.name]!r} and {node!r} have one name, expected two"
            )


def _nodes(given):
    return [given] if isinstance(given, Node) else Node(None, given).parents()


def _numbered(sources, numbers):
    if sources is None:
        return None
    if is_table(sources):
        return [_numbered(entry, numbers) for entry in sources]
    return numbers[id(sources)]


def gather(sources, values):
    """Return the values of a number, or of a table of numbers, nested likewise."""
    if isinstance(sources, int):
        return values[sources]
    return [gather(entry, values) for entry in sources]


def scatter(sources, gradient, terms, user):
    """Add a gradient, or its entries, to the terms of those that it is by.

    A term is (user, place, 0, gradient): the first two give its place in a sum.
    """
    if isinstance(sources, int):
        terms[sources].append((user, 0, 0, gradient))
        return
    place, stack = 0, [(sources, gradient)]
    while stack:
        where, part = stack.pop()
        if isinstance(where, int):
            terms[where].append((user, place, 0, part))
            place += 1
        else:
            stack += reversed(list(zip(where, part, strict=True)))
