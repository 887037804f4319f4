"""Graph nodes: a Graph as the nodes and edges of nngraph."""

from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.graph_objects import graph_object, node_objects
from nnmods.interop.t7.values import LuaTable


class GraphWriter:
    """Makes the fields of a gModule.

    Every node is there twice, with the same data: its children are its users in the
    graph for forward, and its sources in the graph for backward.
    """

    def __init__(self, graph):
        self.graph, self.wiring = graph, graph.wiring
        self.data, self.sources, self.modules = [], [], []
        self.places = {}  # of the graph's nodes: by number, or by number and entry

    def fields(self):
        """Return a dict of the fields.

        Raises
        ------
        ValueError
            If the graph has what nngraph has not.
        """
        inputs = self.wiring["inputs"]
        first = self._add([], input={})
        if isinstance(inputs, int):
            self.places[inputs] = self._add([first])
        else:
            self._split_inputs(first, inputs)
        for k, (child, sources, entry, name) in enumerate(self.wiring["nodes"]):
            if child is not None:
                joined = self._joined(sources, is_module=True)
                module = self.graph.modules[child]
                self.places[k] = self._add(joined, module, name)
            elif entry is not None:
                self.places[k] = self._entry(sources, *entry)
        outputs = self.wiring["outputs"]
        if not isinstance(outputs, int):
            _refuse_short(outputs)
        last = self._add(self._joined(outputs), input={})
        forward, backward = self._graphs()
        return {
            "modules": self.modules,
            "nInputs": 1 if isinstance(inputs, int) else len(inputs),
            "verbose": False,
            "fg": graph_object(forward, self._edges()),
            "bg": graph_object(backward, [(b, a) for a, b in self._edges()]),
            "innode": forward[first],
            "outnode": backward[last],
            "forwardnodes": forward,
            "backwardnodes": backward[::-1],
        }

    def _split_inputs(self, first, inputs):
        _refuse_short(inputs)
        split = self._add([first], nSplitOutputs=len(inputs))
        for i, k in enumerate(inputs):
            if not isinstance(k, int):
                raise ValueError(
                    "Graph: inputs is a nested table, expected one that Torch7 has too"
                )
            entry = self._add([split], selectindex=i + 1, input={})
            self.places[k] = self._add([entry])

    def _add(self, sources, module=None, name=None, **fields):
        """Add a node whose sources are places, and return its own."""
        annotations = {} if name is None else {"name": name}
        mapindex = LuaTable()
        data = {"annotations": annotations, "mapindex": mapindex, "reverseMap": {}}
        for i, place in enumerate(sources, 1):
            mapindex[i] = self.data[place]
            mapindex[self.data[place]] = i
        data |= fields
        if module is not None:
            data["module"] = module
            self.modules.append(module)
        data["forwardNodeId"] = len(self.data) + 1
        self.data.append(data)
        self.sources.append(list(sources))
        return len(self.data) - 1

    def _joined(self, sources, is_module=False):
        """Return the places of a node's sources, each of them once."""
        if isinstance(sources, int):
            return [self.places[sources]]
        if is_module:
            _refuse_short(sources)
        places = []
        for source in sources:
            if isinstance(source, int):
                place = self.places[source]
            else:
                _refuse_short(source)
                place = self._add(self._joined(source))
            if place in places:  # nngraph takes a source once
                place = self._add([place])
            places.append(place)
        return places

    def _entry(self, source, i, n):
        """Return the place of an entry of a table.

        nngraph cannot go back through a split of which an entry is not used.
        """
        used = {
            tuple(entry)
            for _, other, entry, _ in self.wiring["nodes"]
            if entry is not None and other == source
        }
        if (source, i) not in self.places:
            place = self.places[source]
            if len(used) == n > 1:
                if (source, "split") not in self.places:
                    self.places[source, "split"] = self._add([place], nSplitOutputs=n)
                split = self.places[source, "split"]
                place = self._add([split], selectindex=i + 1, input={})
            else:
                place = self._add([place], nn.SelectTable(i))
            self.places[source, i] = place
        return self.places[source, i]

    def _edges(self):
        """Return a list of (source, user)."""
        return [(a, b) for b, above in enumerate(self.sources) for a in above]

    def _graphs(self):
        """Return two lists of nodes, with users and with sources as children."""
        users = [[] for _ in self.data]
        for a, b in self._edges():
            users[a].append(b)
        return node_objects(self.data, users), node_objects(self.data, self.sources)


def _refuse_short(sources):
    if len(sources) < 2:
        raise ValueError(
            f"Graph: a table of nodes has {len(sources)} entries, expected two or "
            "more, as Torch7 takes one alone for what is in it"
        )
