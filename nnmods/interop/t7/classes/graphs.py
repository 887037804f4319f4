"""Graphs of the package nngraph.

A node of its graphs has a table ``data`` that its copies share: ``mapindex``,
the data of its sources in order; ``module``; ``selectindex`` for an entry of a table;
``nSplitOutputs`` for a node whose entries others take. One without a module hands on
what it gets, a table if that is several things. The first node feeds the inputs, the
last one collects the outputs.
"""

from nnmods.core.node import Node
from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.graph_nodes import GraphWriter
from nnmods.interop.t7.raw import Object, Table
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import number
from nnmods.interop.t7.views import field

#: Of a table of nodes with all tables in it: a damaged file can claim 2^100.
MOST_ENTRIES = 10_000


def _make(fields, given):
    """Return the Graph of a gModule."""
    return _GraphReader(fields, given["modules"]).read()


class _GraphReader:
    def __init__(self, fields, modules):
        self.fields, self.modules = fields, list(modules)
        self.values = {}  # of data, by id: a node, or a list of nodes
        self.sizes = {}  # how many nodes these are

    def read(self):
        nodes = self.fields.entries("forwardnodes", Object)
        first, last = (
            self._data(self.fields.named.get(k)) for k in ("innode", "outnode")
        )
        inputs = self._inputs(first)
        self.values[id(first)] = inputs
        found = {}
        for data in map(self._data, nodes):
            if data is not first:
                self.values[id(data)] = self._value(data, found)
        if id(last) not in self.values:
            self.fields.fail("outnode is not among forwardnodes", "it there")
        return nn.Graph(inputs, self.values[id(last)])

    def _size(self, data):
        """Return how many nodes a value holds, if it is a nested list."""
        is_list = isinstance(self.values.get(id(data)), list)
        return self.sizes.get(id(data), 1) if is_list else 1

    def _inputs(self, first):
        count = self.fields.integer("nInputs", None)
        if count is None:  # of old files
            node = self.fields.named["innode"].content
            count = sum(
                type(key) is float for key in field(node, b"children").items[::2]
            )
        nodes = len(self.fields.entries("forwardnodes", Object))
        if not 0 < count <= nodes:
            self.fields.fail(f"nInputs is {count}", f"1 to {nodes}")
        if count == 1:
            return Node(None, None)
        return [Node(None, None) for _ in range(count)]

    def _value(self, data, found):
        """Return what a node stands for: a node, or a list of them."""
        sources = [self._source(parent) for parent in self._parents(data)]
        if not sources:
            self.fields.fail("a node has no sources", "one or more")
        value = sources[0] if len(sources) == 1 else sources
        size = self.sizes[id(data)] = sum(map(self._size, self._parents(data)))
        if size > MOST_ENTRIES:
            self.fields.fail(f"a table of nodes has {size} entries", "less")
        select, module = field(data, b"selectindex"), field(data, b"module")
        if select is not None:
            return self._entry(data, value, select)
        if module is None:
            return value
        node = Node(self._module(module), value)
        name = field(field(data, b"annotations"), b"name")
        if type(name) is bytes and found.setdefault(name, node) is node and name:
            node.named(name.decode(errors="replace"))
        return node

    def _entry(self, data, value, select):
        (parent,) = self._parents(data)
        n = field(parent, b"nSplitOutputs")
        n = len(value) if n is None and isinstance(value, list) else n
        if not all(type(k) in (float, int) and k == int(k) for k in (select, n)):
            self.fields.fail(f"an entry is {select} of {n}", "whole numbers")
        select, n = int(select), int(n)
        if not 0 < select <= n or (isinstance(value, list) and len(value) != n):
            self.fields.fail(f"an entry is {select} of {n}", "one that is there")
        if isinstance(value, list):
            return value[select - 1]
        return Node(None, value, (select - 1, n))

    def _module(self, raw):
        """Return the module of a node: they stand in the order of the nodes."""
        if not self.modules:
            self.fields.fail("there are fewer modules than nodes", "one for each")
        return self.modules.pop(0)

    def _data(self, node):
        if type(node) is not Object or type(node.content) is not Table:
            self.fields.fail("a node is missing", "an nngraph.Node")
        data = field(node.content, b"data")
        if type(data) is not Table:
            self.fields.fail("a node has no data", "a table")
        return data

    def _parents(self, data):
        """Return the data of the sources of a node, in order."""
        table = field(data, b"mapindex")
        if type(table) is not Table:
            self.fields.fail("a node has no mapindex", "a table")
        ordered = {number(k): v for k, v in table.pairs() if type(k) is float}
        if sorted(ordered) != list(range(1, len(ordered) + 1)):
            self.fields.fail("mapindex has gaps", "entries 1 to n")
        return [ordered[i] for i in range(1, len(ordered) + 1)]

    def _source(self, data):
        if id(data) not in self.values:
            self.fields.fail("a node stands before one of its sources", "it after them")
        return self.values[id(data)]


CLASSES = {
    "gModule": Spec(
        Field("modules", "modules", kinds.parts),
        ours="Graph",
        make=_make,
        reads=("forwardnodes", "backwardnodes", "innode", "outnode", "fg", "bg")
        + ("nInputs", "verbose"),
        store=lambda graph, out: out.update(GraphWriter(graph).fields()),
    ),
}
ALIASES = {}
