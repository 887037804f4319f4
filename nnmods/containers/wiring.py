"""Wiring: a graph as plain lists of numbers, made of nodes or read from a file.

A wiring is a dict. Its ``nodes`` are a list of [child, sources, entry, name], one for
each node, numbered by its place: ``child`` is the number of its module, ``sources`` the
number of a node or a table of such numbers, ``entry`` is [index, length] for an entry
of the table ``sources``, and ``name`` a str; what does not apply is None. Its
``inputs`` and ``outputs`` are the number of a node, or a table of such numbers.
"""

from nnmods.core.arrays import name_of
from nnmods.core.leaves import leaves
from nnmods.core.node import has_nodes
from nnmods.core.tables import is_table


def wire(inputs, outputs):
    """Return all nodes of a graph, their modules, and the wiring.

    Nodes are numbered as a walk from the outputs back to the inputs, from left to
    right, has done with them: sources before their users. That depends on the graph
    alone, and not on the order in which its nodes were made.

    Raises
    ------
    TypeError
        If there is something else than nodes.
    """
    for argument, given in (("inputs", inputs), ("outputs", outputs)):
        if not has_nodes(given):
            raise TypeError(
                f"Graph: {argument} has type {type(given).__name__}, expected a node "
                "or a table of nodes; Input() makes one, a module called on nodes too"
            )
    nodes = _walk([*leaves(outputs), *leaves(inputs)])
    numbers = {id(node): k for k, node in enumerate(nodes)}

    def numbered(sources):
        return _map(lambda node: numbers[id(node)], sources)

    modules, entries = [], []
    for node in nodes:
        child = None
        if node.module is not None:
            child = len(modules)
            modules.append(node.module)
        sources = None if node.sources is None else numbered(node.sources)
        entry = None if node.entry is None else list(node.entry)
        entries.append([child, sources, entry, node.name])
    wiring = {"nodes": entries}
    wiring |= {"inputs": numbered(inputs), "outputs": numbered(outputs)}
    return nodes, modules, wiring


def _walk(ends):
    """Return these nodes and all above them."""
    seen, done, stack = set(), [], [(node, False) for node in reversed(ends)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            done.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent in reversed(node.parents())]
    return done


def users_outside(nodes):
    """Return a list of those users of nodes that are none of these."""
    own = set(map(id, nodes))
    users = {id(user): user for node in nodes for user in node.users()}
    found = [user for key, user in users.items() if key not in own]
    return sorted(found, key=lambda node: node.number)


def gather(sources, values):
    """Return the value of that number, or a list for a table of numbers."""
    if type(sources) is int:
        return values[sources]
    return [values[k] if type(k) is int else gather(k, values) for k in sources]


def numbers_in(sources):
    """Return a list of the numbers of nodes in sources, in order; None has none."""
    return [] if sources is None else list(leaves(sources))


def _map(function, sources):
    if is_table(sources):
        return [_map(function, entry) for entry in sources]
    return function(sources)


def labels(wiring):
    """Return what each node is called: its name, or what stands for it.

    That is ``x`` or ``x[0]`` for an input, the number of the child for a module, and
    ``3[0]`` for an entry of another's value.
    """
    places = {}

    def place(inputs, text):
        if is_table(inputs):
            for i, entry in enumerate(inputs):
                place(entry, f"{text}[{i}]")
        else:
            places[inputs] = text

    place(wiring["inputs"], "x")
    return [_label(k, wiring["nodes"], places) for k in range(len(wiring["nodes"]))]


def _label(k, nodes, places):
    suffix = ""
    for _ in nodes:  # at most so many, even where entries go round in a circle
        child, sources, entry, name = nodes[k]
        if name is not None or entry is None:
            break
        k, suffix = sources, f"[{entry[0]}]{suffix}"
    if name is None:
        name = places.get(k, f"input {k}") if child is None else str(child)
    return name + suffix


def described(labels, modules, wiring):
    """Return what errors call each node."""
    kinds = [
        "an entry"
        if entry is not None
        else "an input"
        if child is None
        else name_of(modules[child])
        for child, _, entry, _ in wiring["nodes"]
    ]
    return [f"{label} ({kind})" for label, kind in zip(labels, kinds, strict=True)]


def shown(sources, labels):
    """Return sources as text, by their labels.

    Examples
    --------
    >>> shown([0, [1]], ["x", "hidden"])
    '[x, [hidden]]'
    """
    if is_table(sources):
        return f"[{', '.join(shown(entry, labels) for entry in sources)}]"
    return labels[sources]
