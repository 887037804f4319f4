"""Wired: what a graph consists of, how it is made, and how it is shown."""

import copy
from operator import index as as_index

from nnmods.containers.graph_node import GraphNode
from nnmods.containers.graph_plan import Plan
from nnmods.containers.graph_sketch import graph_lines
from nnmods.containers.wiring import users_outside, wire
from nnmods.containers.wiring_checks import check_wiring
from nnmods.core import Container
from nnmods.core.tree import mark_changed


class Wired(Container):
    """Children that are found by number or name, and replaced, but stay where they are.

    A named child has its name in paths, such as ``hidden.weight``, unless that is a
    number or has a dot in it; others have their number.

    Attributes
    ----------
    wiring : dict
        Plain lists, which copies and files take along.
    plan : Plan
        What follows from it.
    """

    _made_of = ()  # nodes, unless it is a copy or from elsewhere

    def __init__(self, inputs, outputs):
        super().__init__()
        nodes, modules, wiring = wire(inputs, outputs)
        self._take(modules, wiring)
        self.named_modules()  # raises where one instance stands twice
        self._made_of = nodes

    @classmethod
    def from_wiring(cls, modules, wiring):
        """Return the graph of a wiring, as ``graph.wiring`` is one.

        Parameters
        ----------
        modules : list of Module
        wiring : dict
            Of ``nodes``, a list of [child, sources, entry, name] in any order;
            ``inputs`` and ``outputs``. A node is known by its place in the list.
            ``child`` is the number of its module, ``sources`` the number of a node or a
            table of these, ``entry`` [index, length] for an entry of the table
            ``sources``, ``name`` a str; what does not apply is None.

        Examples
        --------
        >>> from nnmods.activations import Tanh
        >>> from nnmods.containers import Graph
        >>> nodes = [[None, None, None, None], [0, 0, None, None]]
        >>> Graph.from_wiring([Tanh()], {"nodes": nodes, "inputs": 0, "outputs": 1})
        Graph(
          (0): Tanh() <- x
          y = 0
        )
        """
        graph = cls.__new__(cls)
        Container.__init__(graph)
        graph._take(list(modules), copy.deepcopy(wiring))
        graph.named_modules()
        return graph

    def _take(self, modules, wiring):
        self.plan = Plan(wiring, check_wiring(modules, wiring))
        self.modules, self.wiring = modules, wiring

    def check_connected(self):
        """Return self; raise if nodes still in use were made of its own in vain.

        Only a graph that was made of nodes can tell, not a copy.

        Raises
        ------
        ValueError
            Naming those that lead to no output.
        """
        if lost := users_outside(self._made_of):
            listed = ", ".join(map(repr, lost))
            raise ValueError(
                f"Graph: {listed} lead to no output, expected all users of its nodes to"
            )
        return self

    def __getstate__(self):
        state = super().__getstate__()
        return {k: v for k, v in state.items() if k not in ("plan", "_made_of")}

    def __setstate__(self, state):
        self._take(state["modules"], state["wiring"])  # a file may hold anything
        super().__setstate__(state)

    @property
    def nodes(self):
        """A list of a `GraphNode` for each node, by number."""
        return [GraphNode(self, k) for k in range(self.plan.size)]

    def children(self):
        return list(zip(self.plan.names, self.modules, strict=True))

    def set_child(self, name, module):
        self.modules[self.plan.names.index(name)] = module
        mark_changed()

    def __getitem__(self, index):
        """Return a child by its number, or the `GraphNode` of a name."""
        if not isinstance(index, str):
            return self.modules[index]
        if index not in self.plan.numbers:
            raise KeyError(f"{type(self).__name__}: no node has the name {index!r}")
        return GraphNode(self, self.plan.numbers[index])

    def __setitem__(self, index, module):
        """Put a module in the place of the child at ``index``."""
        self._check_kind(module)
        if not -len(self) <= as_index(index) < len(self):
            raise IndexError(
                f"{type(self).__name__}: index is {index}, expected one of "
                f"{len(self)} modules"
            )
        old, self.modules[index] = self.modules[index], module
        self._rewired()
        try:
            self.named_modules()
        except ValueError:
            self.modules[index] = old
            raise

    def insert(self, index, module):
        self._refuse()

    def remove(self, index=-1):
        self._refuse()

    def _refuse(self):
        raise TypeError(
            f"{type(self).__name__}: its wiring has a place for each of {len(self)} "
            "modules, expected no change; a new one can be made of other nodes"
        )

    def _locate(self, err, i):
        label = self.plan.labels[self.plan.nodes[i]]
        err.add_note(f"in module {label} of {type(self).__name__}")

    def __repr__(self):
        labels, lines = self.plan.labels, []
        for line in graph_lines(self):
            if line.child is None:
                lines.append(line.text)
            else:
                label = labels[self.plan.nodes[line.child]]
                lines.append(f"({label}): {self.modules[line.child]!r}{line.text}")
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {body}\n)"
