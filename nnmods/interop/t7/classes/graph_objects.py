"""Graph objects: the nodes, edges and graphs of the packages nngraph and graph."""

from nnmods.interop.t7.values import LuaTable, UnknownTorchObject


def node_objects(data, children):
    """Return a node for each table of data, with the numbers of its children."""
    nodes = [
        UnknownTorchObject(
            "nngraph.Node",
            {
                "data": own,
                "id": i + 1,
                "children": LuaTable(),
                "visited": False,
                "marked": False,
            },
        )
        for i, own in enumerate(data)
    ]
    for node, below in zip(nodes, children, strict=True):
        _number(node.fields["children"], [nodes[i] for i in below])
    return nodes


def graph_object(nodes, edges):
    """Return the graph of nodes, with pairs of their numbers as edges."""
    edges = [
        UnknownTorchObject("graph.Edge", {"from": nodes[a], "to": nodes[b]})
        for a, b in edges
    ]
    fields = {"nodes": LuaTable(), "edges": LuaTable()}
    _number(fields["nodes"], nodes)
    _number(fields["edges"], edges)
    return UnknownTorchObject("graph.Graph", fields)


def _number(table, things):
    """Put things into a table by number, and their numbers by thing."""
    for i, thing in enumerate(things, 1):
        table[i] = thing
        table[thing] = i
