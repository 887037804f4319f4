"""Node: a value in a graph, before there are any values."""

import itertools
import weakref

from nnmods.core.arrays import as_size, name_of
from nnmods.core.leaves import leaves

_numbers = itertools.count()


class Node:
    """An input of a graph, what a module makes of other nodes, or an entry of that.

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
    >>> Tanh()(Input("x")).named("hidden").parents()
    [<node x: input>]
    """

    __slots__ = ("__weakref__", "_users", "entry", "module", "name", "number")
    __slots__ += ("sources",)

    def __init__(self, module, sources, entry=None):
        self.module, self.entry = module, entry
        self.sources = _frozen(sources)
        self.name, self.number = None, next(_numbers)
        self._users = []
        for parent in {id(node): node for node in self.parents()}.values():
            parent._users.append(weakref.ref(self))

    def named(self, name):
        """Give it a name, by which a graph finds it, and return it."""
        if not isinstance(name, str):
            raise TypeError(f"{self!r}: name is {name!r}, expected a str")
        if not name:
            raise ValueError(f"{self!r}: name has 0 letters, expected 1 or more")
        self.name = name
        return self

    def split(self, n):
        """Return a list of n nodes, the entries of its value: a table of that length.

        Entries that nobody uses get a gradient of zeros.
        """
        n = as_size(repr(self), "n", n)
        return [Node(None, self, (i, n)) for i in range(n)]

    def parents(self):
        """Return a list of the nodes in its sources, in order."""
        return list(leaves(self.sources)) if self.sources is not None else []

    def users(self):
        """Return a list of the nodes made from it that are still in use anywhere."""
        return [node for ref in self._users if (node := ref()) is not None]

    def __iter__(self):
        raise TypeError(f"{self!r} is one node, expected a list; split(n) makes one")

    def __repr__(self):
        what = "input" if self.module is None else name_of(self.module)
        if self.entry is not None:
            source = self.sources.name or self.sources.number
            what = f"entry {self.entry[0]} of node {source}"
        name = self.number if self.name is None else self.name
        return f"<node {name}: {what}>"


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


def _frozen(sources):
    """Return tables as tuples: a list that is changed later changes no node."""
    if isinstance(sources, (list, tuple)):
        return tuple(map(_frozen, sources))
    return sources
