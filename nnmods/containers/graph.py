"""Graph: modules wired as any directed acyclic graph."""

from nnmods.containers.entries import check_gradient
from nnmods.containers.wiring import gather, scatter, wire
from nnmods.core import Container
from nnmods.core.lending import desk
from nnmods.core.node import leaves
from nnmods.core.parameters import has_parameters
from nnmods.core.tables import check_table, is_table, map_table, reuse_table, summed


class Graph(Container):
    """Compute the outputs of a graph from its inputs.

    ::

        value of a node    = f(values of its sources)
        gradient of a node = sum over its users of (J^T gradient)[their entry of it]

    Nodes are made by calling modules on nodes; a list of nodes is a table. A node may
    have any number of users, and may be an output as well. The sum over the users has
    one order, which depends on the graph alone.

    Parameters
    ----------
    inputs : Node, or list of Node
        Made by `Input`. x is what the one stands for, or a table for a list.
    outputs : Node, or list of Node
        y likewise.

    Attributes
    ----------
    modules : list of Module
        In the order of `forward`.

    Raises
    ------
    TypeError
        If something else than nodes is given, or `Node.split` meets an array.
    ValueError
        If there is a cycle, an input leads nowhere, a node needs an input that is not
        given, or one module stands at two nodes; or, with values, if a table has
        another length. Errors name the nodes.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import Tanh
    >>> from nnmods.core import Input
    >>> from nnmods.layers import CAddTable, Linear
    >>> x = Input()
    >>> h = Linear(4, 3)(x).named("hidden")
    >>> net = Graph(x, CAddTable()([h, Tanh()(h)]))
    >>> net(np.ones((5, 4))).shape, net["hidden"].y.shape
    ((5, 3), (5, 3))
    >>> net
    Graph(
      0 = input
      1 = Linear(4 -> 3) of 0, hidden
      2 = Tanh() of 1
      3 = CAddTable() of [1, 2]
      y = 3
    )
    """

    _results = (*Container._results, "_values", "_gradients", "_sums", "_zeros")
    _values = _gradients = _sums = _zeros = None

    def __init__(self, inputs, outputs):
        modules, self.wiring = wire(inputs, outputs)
        super().__init__()
        self.modules = modules
        self.named_modules()  # raises where one instance stands at two places

    def push(self, x, visit):
        wiring = self.wiring
        values = self._values = [None] * len(wiring["nodes"])
        self._feed(values, wiring["inputs"], x)
        for k, (child, sources, entry, _) in enumerate(wiring["nodes"]):
            if child is not None:
                values[k] = visit(child, gather(sources, values))
            elif entry is not None:
                values[k] = self._entry(values[sources], sources, *entry)
        return gather(wiring["outputs"], values)

    def _feed(self, values, inputs, x):
        if is_table(inputs):
            check_table(self, "x", x, len(inputs))
            for k, value in zip(inputs, x, strict=True):
                self._feed(values, k, value)
        else:
            values[inputs] = x

    def _entry(self, table, source, i, n):
        what = f"the value of node {self._label(source)}, which is split,"
        check_table(type(self).__name__, what, table, n)
        return table[i]

    def jvp(self, x, dx, dparams=None):
        values = self._values
        try:
            return super().jvp(x, dx, dparams)
        finally:
            self._values = values

    def pull(self, dC_dy, visit, input_grad=True):
        check_gradient(self, "dC_dy", dC_dy, self.y)
        nodes = self.wiring["nodes"]
        if self._sums is None:
            self._sums, self._zeros = {}, {}
        kept = None if desk.blocks else [None] * len(nodes)
        at_inputs = {}
        needed = None if input_grad else self._needed()
        terms = [[] for _ in nodes]  # gradients, each with the place of its user
        scatter(self.wiring["outputs"], dC_dy, terms, len(nodes))
        for k in range(len(nodes) - 1, -1, -1):
            child, sources, entry, _ = nodes[k]
            if needed is not None and not needed[k]:
                continue
            gradient, terms[k] = self._total(k, terms[k]), None
            if kept is not None:
                kept[k] = gradient
            if entry is not None:
                terms[sources].append((-1, entry[0], k, gradient))
            elif child is None:
                at_inputs[k] = gradient
            else:
                below = needed is None or any(needed[s] for s in leaves(sources))
                gradient = visit(child, gradient, below)
                if below:
                    scatter(sources, gradient, terms, k)
        self._gradients = kept
        return gather(self.wiring["inputs"], at_inputs) if input_grad else None

    def _needed(self):
        """Return for each node whether a parameter is there or above it."""
        needed = []
        for child, sources, _, _ in self.wiring["nodes"]:
            above = sources is not None and any(needed[s] for s in leaves(sources))
            has = child is not None and has_parameters(self.modules[child])
            needed.append(above or has)
        return needed

    def _total(self, k, terms):
        """Return the sum of the gradients that the users of a node made."""
        if len(terms) == 1 and terms[0][0] >= 0:
            return terms[0][-1]
        terms.sort(key=lambda term: term[:3])
        parts = {}
        while terms and terms[0][0] < 0:  # of one entry of a table
            _, i, _, gradient = terms.pop(0)
            parts.setdefault(i, []).append(gradient)
        whole = [gradient for *_, gradient in terms]
        if parts:
            whole.append(
                [
                    self._sum((k, i), parts[i]) if i in parts else self._zero(k, i)
                    for i in range(len(self._values[k]))
                ]
            )
        return self._sum(k, whole)

    def _sum(self, key, gradients):
        if len(gradients) == 1:
            return gradients[0]
        self._sums[key] = summed(self, self._sums.get(key), gradients)
        return self._sums[key]

    def _zero(self, k, i):
        """Return zeros like an entry that nobody uses."""
        zeros = reuse_table(self._zeros.get((k, i)), self, self._values[k][i])
        map_table(lambda array: array.fill(0), zeros)
        self._zeros[k, i] = zeros
        return zeros

    # Children are found by number or name, and replaced, but neither added nor removed.

    def __getitem__(self, index):
        """Return a child by its number, or the `Value` of the node of that name."""
        if not isinstance(index, str):
            return self.modules[index]
        for k, (child, _, _, name) in enumerate(self.wiring["nodes"]):
            if name == index:
                return Value(self, k, child)
        raise KeyError(f"Graph: no node has the name {index!r}")

    def insert(self, index, module):
        raise TypeError("Graph: its wiring is fixed; a new Graph can have another")

    def remove(self, index=-1):
        raise TypeError("Graph: its wiring is fixed; a new Graph can have another")

    def __setitem__(self, index, module):
        """Put a module in the place of the child at ``index``."""
        old = self.modules[index]
        self.modules[index] = module
        self._rewired()
        try:
            self.named_modules()
        except ValueError:
            self.modules[index] = old
            raise

    def _label(self, k):
        name = self.wiring["nodes"][k][3]
        return f"{k} ({name})" if name else str(k)

    def _locate(self, err, i):
        nodes = self.wiring["nodes"]
        k = next(k for k, (child, *_) in enumerate(nodes) if child == i)
        err.add_note(f"in module {i} of Graph, node {self._label(k)}")

    def __repr__(self):
        lines = []
        for k, (child, sources, entry, name) in enumerate(self.wiring["nodes"]):
            what = "input" if child is None else f"{self.modules[child]!r} of {sources}"
            if entry is not None:
                what = f"entry {entry[0]} of {sources}"
            lines.append(f"{k} = {what}{', ' + name if name else ''}")
        lines.append(f"y = {self.wiring['outputs']}")
        return (
            "Graph("
            + "".join(f"\n{line}" for line in lines).replace("\n", "\n  ")
            + "\n)"
        )


class Value:
    """What a node of a graph was in the last calls.

    Attributes
    ----------
    module : Module or None
        None for an input, and for an entry of a table.
    """

    def __init__(self, graph, k, child):
        self._graph, self._k = graph, k
        self.module = None if child is None else graph.modules[child]

    @property
    def y(self):
        """Its value in the last `forward`, or None."""
        values = self._graph._values
        return None if values is None else values[self._k]

    @property
    def dC_dy(self):
        """The gradient by it in the last `backward`, summed over its users, or None.

        After `backprop` it is None where large gradients took turns in memory.
        """
        gradients = self._graph._gradients
        return None if gradients is None else gradients[self._k]
