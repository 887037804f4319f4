"""Checks of a wiring: what they raise names the nodes."""

from nnmods.containers.topological import sources_first
from nnmods.containers.wiring import described, labels
from nnmods.core.module import Module
from nnmods.core.node import leaves
from nnmods.core.tables import is_table


def check_wiring(modules, wiring):
    """Return the order of a sweep, a list of numbers; raise unless it is a graph.

    Raises
    ------
    TypeError
        If a module is not a Module.
    ValueError
        If the lists are not built like a wiring; if one module or name stands at two
        nodes, there is a cycle, inputs are missing, repeated or of no use, or nodes
        lead to no output.
    """
    _check_build(modules, wiring)
    nodes = wiring["nodes"]
    names = described(labels(wiring), modules, wiring)
    _check_once(modules, nodes, names)
    _check_inputs(wiring, names)
    parents = [_leaves(sources) for _, sources, _, _ in nodes]
    order = sources_first(parents, names)
    _check_used(wiring, parents, order, names)
    return order


def _check_build(modules, wiring):
    for i, module in enumerate(modules):
        if not isinstance(module, Module):
            raise TypeError(
                f"Graph: modules[{i}] has type {type(module).__name__}, "
                "expected a Module"
            )
    nodes = wiring["nodes"]
    children = [child for child, _, _, _ in nodes if child is not None]
    if sorted(children) != list(range(len(modules))):
        raise ValueError(
            f"Graph: wiring has nodes of the modules {children}, "
            f"expected each of {len(modules)} once"
        )
    for k, (child, sources, entry, name) in enumerate(nodes):
        what = f"wiring['nodes'][{k}]"
        if (child is None and entry is None) != (sources is None) or (
            entry is not None
            and (child is not None or is_table(sources) or not _is_entry(entry))
        ):
            raise ValueError(
                f"Graph: {what} has {[child, sources, entry, name]}, expected "
                "[child, sources, None, name], [None, source, entry, name] or an input"
            )
        _check_numbers(what, sources, len(nodes))
        if not (name is None or (isinstance(name, str) and name)):
            raise ValueError(f"Graph: {what} has the name {name!r}, expected a str")
    for argument in ("inputs", "outputs"):
        _check_numbers(f"wiring[{argument!r}]", wiring[argument], len(nodes))


def _is_entry(entry):
    return len(entry) == 2 and 0 <= entry[0] < entry[1]


def _check_numbers(what, sources, count):
    for k in _leaves(sources):
        if type(k) is not int or not 0 <= k < count:
            raise ValueError(f"Graph: {what} has node {k!r}, expected one of {count}")


def _check_once(modules, nodes, names):
    seen, lengths = {}, {}
    for k, (child, sources, entry, name) in enumerate(nodes):
        if child is not None:
            first = seen.setdefault(id(modules[child]), k)
            if first != k:
                raise ValueError(
                    f"Graph: one module stands at two nodes, {names[first]} and "
                    f"{names[k]}; clone(share=True) makes a second one with the same "
                    "weights"
                )
        if name is not None and seen.setdefault(name, k) != k:
            raise ValueError(
                f"Graph: {names[seen[name]]} and {names[k]} have one name, expected two"
            )
        if entry is not None:
            n = lengths.setdefault(sources, entry[1])
            if n != entry[1]:
                raise ValueError(
                    f"Graph: {names[sources]} is split in {n} and in {entry[1]}, "
                    "expected one length"
                )


def _check_inputs(wiring, names):
    nodes, inputs = wiring["nodes"], _leaves(wiring["inputs"])
    for i, k in enumerate(inputs):
        if nodes[k][1] is not None:
            raise ValueError(f"Graph: inputs has {names[k]}, expected nodes of Input()")
        if k in inputs[:i]:
            raise ValueError(f"Graph: inputs has {names[k]} twice, expected it once")
    given = set(inputs)
    for k, (_, sources, _, _) in enumerate(nodes):
        if sources is None and k not in given:
            user = next(
                (names[j] for j, node in enumerate(nodes) if k in _leaves(node[1])),
                "outputs",
            )
            raise ValueError(
                f"Graph: {names[k]}, which {user} needs, is missing, "
                "expected it in inputs"
            )


def _check_used(wiring, parents, order, names):
    outputs = _leaves(wiring["outputs"])
    fed, used = set(_leaves(wiring["inputs"])), set(outputs)
    for k in order:
        if not fed.isdisjoint(parents[k]):
            fed.add(k)
    for k in outputs:
        if k not in fed:
            raise ValueError(
                f"Graph: outputs has {names[k]}, which depends on no input, "
                "expected one that does"
            )
    for k in reversed(order):
        if k in used:
            used.update(parents[k])
        else:
            raise ValueError(
                f"Graph: {names[k]} leads to no output, expected each node to"
            )


def _leaves(sources):
    return [] if sources is None else list(leaves(sources))
