"""Graph: modules wired as any directed acyclic graph."""

from nnmods.containers.entries import check_gradient
from nnmods.containers.graph_plan import spread
from nnmods.containers.graph_reach import Reach
from nnmods.containers.graph_sketch import graph_sketch
from nnmods.containers.graph_sums import Sums
from nnmods.containers.wired import Wired
from nnmods.containers.wiring import gather
from nnmods.core.lending import desk, is_lent
from nnmods.core.tables import check_like, check_table, is_table


class Graph(Wired):
    """Compute the outputs of a graph from its inputs.

    ::

        value(node)  = f(values of its sources)
        dC_d(node)   = sum over its users u of (J_u^T dC_d(u))[node's place in u's x]

    Nodes are made by calling modules, or criterions, on nodes; a list of nodes is a
    table. A node may have any number of users, and be an output as well; `Node.split`
    makes nodes of the entries of a table. The order of a sum depends on the wiring
    alone.

    Parameters
    ----------
    inputs : Node, or list of Node
        Made by `Input`. x is the value of the one, or a table for a list.
    outputs : Node, or list of Node
        y likewise.

    Attributes
    ----------
    modules : list of Module
        In the order of `forward`. ``graph[0]`` is the first, ``graph["hidden"]`` the
        node of that name, with its ``y``, ``dC_dy``, ``module`` and ``parents``.

    Raises
    ------
    TypeError
        If something else than nodes is given, or an array is split.
    ValueError
        If there is a cycle, an input leads nowhere or is missing, or one module stands
        at two nodes, which the error names. Of a sweep: if a table that is split has
        another length, or ``dC_dy`` is not shaped like ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, nngraph's ``nn.gModule``.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> x = nn.Input()
    >>> h = nn.Linear(4, 3)(x).named("hidden")
    >>> net = Graph(x, nn.CAddTable()([h, nn.Tanh()(h)]))
    >>> net(np.ones((5, 4))).shape, net["hidden"].y.shape
    ((5, 3), (5, 3))
    >>> net
    Graph(
      (hidden): Linear(4 -> 3) <- x
      (1): Tanh() <- hidden
      (2): CAddTable() <- [hidden, 1]
      y = 2
    )
    """

    _results = (*Wired._results, "_values", "_gradients", "_sums", "_reach")
    _values = _gradients = _sums = _reach = None

    def push(self, x, visit):
        plan = self.plan
        values = self._values = [None] * plan.size
        self._feed(values, plan.inputs, x)
        for k, child, sources, entry in plan.forward:
            if child is not None:  # one source is what there is mostly
                is_one = type(sources) is int
                x = values[sources] if is_one else gather(sources, values)
                values[k] = visit(child, x)
            else:
                table, (i, n) = values[sources], entry
                if not is_table(table) or len(table) != n:
                    what = f"the value of node {plan.labels[sources]}, which is split,"
                    check_table(self, what, table, n)
                values[k] = table[i]
                if k in plan.through:
                    check_like(self, plan.labels[k], table[i], table[i])
        return gather(plan.outputs, values)

    def _feed(self, values, inputs, x):
        """Put x where the inputs are."""
        if is_table(inputs):
            check_table(self, "x", x, len(inputs))
            for k, value in zip(inputs, x, strict=True):
                self._feed(values, k, value)
        else:
            values[inputs] = x
            if inputs in self.plan.through:
                check_like(self, "x", x, x)

    def jvp(self, x, dx, dparams=None):
        self._check_x(x)
        check_like(self, "dx", dx, x)
        values = self._values
        try:
            return super().jvp(x, dx, dparams)
        finally:
            self._values = values

    def pull(self, dC_dy, visit, input_grad=True):
        check_gradient(self, "dC_dy", dC_dy, self.y)
        plan, values = self.plan, self._values
        gradients = self._gradients = [None] * plan.size
        back = plan.back
        if not input_grad:
            if self._reach is None or not self._reach.holds(self.modules):
                self._reach = Reach(plan, self.modules)
            back = self._reach.back
        received = [None] * plan.edges
        if self._sums is None:
            self._sums = Sums(plan)
        spread(self, plan.outgoing, dC_dy, received)
        for k, child, edge, edges, is_wanted in back:
            if edge is None:
                gradient = self._sums.total(self, k, received, values[k])
            else:
                gradient, received[edge] = received[edge], None
            if not (desk.blocks and is_lent(gradient)):
                gradients[k] = gradient
            if child is None:
                received[edges] = gradient
                continue
            dC_dx = visit(child, gradient, is_wanted)
            if type(edges) is int:
                received[edges] = dC_dx
            elif is_wanted:
                spread(self.modules[child], edges, dC_dx, received)
        return gather(plan.incoming, received) if input_grad else None

    def sketch(self):
        return graph_sketch(self)

    def value_of(self, k):
        """Return the value of node k in the last `forward`, or None."""
        return None if self._values is None else self._values[k]

    def gradient_of(self, k):
        """Return the gradient by the value of node k in the last sweep, or None."""
        return None if self._gradients is None else self._gradients[k]
