"""Node: a value in a graph, before there are any values."""

import itertools

_numbers = itertools.count()


class Node:
    """An input of a graph, or what a module makes of other nodes.

    Calling a module on nodes, or on tables of nodes, makes one; `Input` makes those
    that a graph starts from.

    Parameters
    ----------
    module : Module or None
    sources : Node, table of nodes, or None
        What the module takes; None for an input.
    entry : tuple of (int, int), default=None
        For an entry of the table ``sources``: its index, and the length of the table.

    Attributes
    ----------
    name : str or None
    number : int
        Nodes count in the order in which they are made, sources before their users.

    Examples
    --------
    >>> from nnmods.activations import Tanh
    >>> Tanh()(Input()).named("hidden")
    <node hidden: Tanh()>
    """

    def __init__(self, module, sources, entry=None):
        self.module, self.sources, self.entry = module, sources, entry
        self.name, self.number = None, next(_numbers)

    def named(self, name):
        """Give it a name, by which a graph finds it, and return it."""
        if not isinstance(name, str) or not name:
            raise TypeError(f"{self!r}: name is {name!r}, expected a str")
        self.name = name
        return self

    def split(self, n):
        """Return n nodes, the entries of a table of that length."""
        return [Node(None, self, (i, n)) for i in range(n)]

    def parents(self):
        """Return a list of the nodes in its sources, in order."""
        return list(leaves(self.sources)) if self.sources is not None else []

    def __iter__(self):
        raise TypeError(
            f"{self!r}: is one node, expected a list; split(n) makes it one"
        )

    def __repr__(self):
        what = "input" if self.sources is None else f"{self.module!r}"
        if self.entry is not None:
            what = f"entry {self.entry[0]} of {self.sources!r}"
        return f"<node {self.name or self.number}: {what}>"


def Input(name=None):
    """Return a node for an input of a graph; see `Graph`."""
    node = Node(None, None)
    return node if name is None else node.named(name)


def has_nodes(x):
    """Tell whether x is a node, or a table with nodes and nothing else in it.

    Raises
    ------
    TypeError
        If there are nodes and other values in it.
    """
    if not isinstance(x, (list, tuple)):
        return isinstance(x, Node)
    kinds = {has_nodes(entry) for entry in x}
    if len(kinds) > 1:
        raise TypeError("a table has nodes and other values, expected nodes alone")
    return True in kinds


def leaves(sources):
    """Yield what stands in a nested table, from left to right."""
    if isinstance(sources, (list, tuple)):
        for entry in sources:
            yield from leaves(entry)
    else:
        yield sources
