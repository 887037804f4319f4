"""Plan: a wiring worked out into the steps of a sweep, forward and back.

Every use of a node's value is an *edge*, which on the way back has a gradient. Edges
are numbered by user and place, outputs last, so that those of a node are summed in an
order that depends on the wiring alone, and not on the order of the sweep.
"""

from nnmods.containers.wiring import labels, numbers_in
from nnmods.core.leaves import leaves
from nnmods.core.tables import check_table, is_table


class Plan:
    """The steps of a graph.

    Parameters
    ----------
    wiring : dict
    order : list of int
        All nodes, sources before their users.

    Attributes
    ----------
    labels : list of str
        What each node is called.
    names : list of str
        What each child is called in paths.
    nodes : list of int
        The node of each child.
    parents : list of list of int
        The sources of each node, in order.
    forward : list of (node, child, sources, entry)
        In order, without inputs.
    back : list of (node, child, edge, edges, wanted)
        The same in reverse, and inputs; ``edge`` is the only one by which a gradient
        comes, or None where they are to be summed; by ``edges`` it goes on.
    whole : list of list of int
        The edges of each node's value.
    parts : list
        For a node that is split, a list of the edges of each of its entries.
    outgoing, incoming : int or table
        The edges of the outputs, and those by which dC_dx leaves the inputs.
    numbers : dict of str to int
        The node of each label.
    through : set of int
        Inputs, and entries of theirs, that are outputs: no module takes care of them.
    """

    def __init__(self, wiring, order):
        nodes = wiring["nodes"]
        self.size, self.edges = len(nodes), 0
        self.inputs, self.outputs = wiring["inputs"], wiring["outputs"]
        self.labels = labels(wiring)
        self.numbers = {label: k for k, label in enumerate(self.labels)}
        self.numbers |= {node[3]: k for k, node in enumerate(nodes) if node[3]}
        self.nodes = [None] * sum(child is not None for child, *_ in nodes)
        self.names = [None] * len(self.nodes)
        self.parents = [numbers_in(sources) for _, sources, _, _ in nodes]
        self.whole, self.parts = [[] for _ in nodes], [None] * self.size
        edges = [None] * self.size
        for k, (child, sources, entry, name) in enumerate(nodes):
            if child is not None:
                has_path = name is not None and "." not in name and not name.isdigit()
                self.names[child] = name if has_path else str(child)
                self.nodes[child] = k
                edges[k] = self._of_sources(sources)
            elif entry is not None:
                edges[k] = self._of_entry(sources, *entry)
        self.outgoing = self._of_sources(self.outputs)
        self.incoming = self._of_inputs(self.inputs, edges)
        self.forward = [(k, *nodes[k][:3]) for k in order if nodes[k][1] is not None]
        self.back = [
            (k, nodes[k][0], self._only_edge(k), edges[k], True)
            for k in reversed(order)
        ]
        given = set(leaves(self.inputs))
        for k, child, source, _ in self.forward:
            if child is None and source in given:
                given.add(k)
        self.through = given.intersection(leaves(self.outputs))

    def _only_edge(self, k):
        one = self.parts[k] is None and len(self.whole[k]) == 1
        return self.whole[k][0] if one else None

    def _of_inputs(self, inputs, edges):
        if is_table(inputs):
            return [self._of_inputs(entry, edges) for entry in inputs]
        edges[inputs] = self._edge()
        return edges[inputs]

    def _edge(self):
        self.edges += 1
        return self.edges - 1

    def _of_sources(self, sources):
        if is_table(sources):
            return [self._of_sources(entry) for entry in sources]
        self.whole[sources].append(self._edge())
        return self.whole[sources][-1]

    def _of_entry(self, source, i, n):
        if self.parts[source] is None:
            self.parts[source] = [[] for _ in range(n)]
        self.parts[source][i].append(self._edge())
        return self.parts[source][i][-1]


def spread(module, edges, gradient, received):
    """Put the gradient that a module returned, or its entries, where its edges are."""
    if type(edges) is int:
        received[edges] = gradient
        return
    check_table(module, "dC_dx", gradient, len(edges))
    for edge, entry in zip(edges, gradient, strict=True):
        if type(edge) is int:
            received[edge] = entry
        else:
            spread(module, edge, entry, received)
