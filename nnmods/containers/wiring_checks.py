"""Checks of a wiring: what they raise names the nodes."""

from nnmods.containers.topological import sources_first
from nnmods.containers.wiring import described, labels, numbers_in
from nnmods.containers.wiring_build import check_build


def check_wiring(modules, wiring):
    """Return the order of a sweep, a list of numbers; raise unless it is a graph.

    Raises
    ------
    TypeError, ValueError
        Those of `check_build`.
    ValueError
        If one module or name stands at two nodes, there is a cycle, inputs are missing,
        repeated or of no use, or nodes lead to no output.
    """
    check_build(modules, wiring)
    nodes = wiring["nodes"]
    names = described(labels(wiring), modules, wiring)
    _check_once(modules, nodes, names)
    _check_inputs(wiring, names)
    parents = [numbers_in(sources) for _, sources, _, _ in nodes]
    order = sources_first(parents, names)
    _check_used(wiring, parents, order, names)
    return order


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
    nodes, inputs = wiring["nodes"], numbers_in(wiring["inputs"])
    for i, k in enumerate(inputs):
        if nodes[k][1] is not None:
            raise ValueError(f"Graph: inputs has {names[k]}, expected nodes of Input()")
        if k in inputs[:i]:
            raise ValueError(f"Graph: inputs has {names[k]} twice, expected it once")
    given = set(inputs)
    for k, (_, sources, _, _) in enumerate(nodes):
        if sources is None and k not in given:
            user = next(
                (names[j] for j, node in enumerate(nodes) if k in numbers_in(node[1])),
                "outputs",
            )
            raise ValueError(
                f"Graph: {names[k]}, which {user} needs, is missing, "
                "expected it in inputs"
            )


def _check_used(wiring, parents, order, names):
    outputs = numbers_in(wiring["outputs"])
    fed, used = set(numbers_in(wiring["inputs"])), set(outputs)
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
