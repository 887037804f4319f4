"""GraphNode: a node of a finished graph, and what it was in the last calls."""


class GraphNode:
    """A node of a graph, by its number.

    Parameters
    ----------
    graph : Graph
    number : int

    Attributes
    ----------
    name : str or None
        What it was named.
    label : str
        Its name, or what stands for it in the repr of the graph.
    module : Module or None
        None for an input, and for an entry of a table.
    entry : int or None
        Which entry of the value of its parent it is, if it is one.
    """

    def __init__(self, graph, number):
        self.graph, self.number = graph, number
        child, _, entry, self.name = graph.wiring["nodes"][number]
        self.label = graph.plan.labels[number]
        self.module = None if child is None else graph.modules[child]
        self.entry = None if entry is None else entry[0]

    @property
    def parents(self):
        """A list of the nodes whose values it takes, in order."""
        return [GraphNode(self.graph, k) for k in self.graph.plan.parents[self.number]]

    @property
    def y(self):
        """Its value in the last `forward`, or None."""
        return self.graph.value_of(self.number)

    @property
    def dC_dy(self):
        """The gradient by its value in the last `backward`, summed over its users.

        It is None before, and after a `backprop` in which large gradients took turns
        in memory. Like y, it is overwritten by the next call.
        """
        return self.graph.gradient_of(self.number)

    def __repr__(self):
        return f"<node {self.label} of {type(self.graph).__name__}>"
