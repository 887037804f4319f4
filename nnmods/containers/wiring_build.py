"""Checks that lists are built like a wiring: a file may hold anything."""

from nnmods.containers.wiring import numbers_in
from nnmods.core.leaves import leaves
from nnmods.core.module import Module
from nnmods.core.tables import is_table


def check_build(modules, wiring):
    """Raise unless all that a wiring consists of is what it should be.

    Raises
    ------
    TypeError
        If a module is not a Module, the wiring no dict, or its nodes no list.
    ValueError
        If anything is missing in it, or no number or name where there should be one.
    """
    for i, module in enumerate(modules):
        if not isinstance(module, Module):
            raise TypeError(
                f"Graph: modules[{i}] has type {type(module).__name__}, "
                "expected a Module"
            )
    if not isinstance(wiring, dict):
        raise TypeError(
            f"Graph: wiring has type {type(wiring).__name__}, expected a dict"
        )
    if missing := {"nodes", "inputs", "outputs"} - wiring.keys():
        raise ValueError(f"Graph: wiring has no {min(missing)!r}, expected one")
    nodes = wiring["nodes"]
    if not is_table(nodes):
        raise TypeError(
            f"Graph: wiring['nodes'] has type {type(nodes).__name__}, expected a list"
        )
    for k, node in enumerate(nodes):
        if not is_table(node) or len(node) != 4:
            raise ValueError(
                f"Graph: wiring['nodes'][{k}] has {node!r}, expected "
                "[child, sources, entry, name]"
            )
    children = [child for child, _, _, _ in nodes if child is not None]
    are_ints = all(type(child) is int for child in children)
    if not are_ints or sorted(children) != list(range(len(modules))):
        raise ValueError(
            f"Graph: wiring has nodes of the modules {children}, "
            f"expected each of {len(modules)} once"
        )
    for k, node in enumerate(nodes):
        _check_node(f"wiring['nodes'][{k}]", *node, len(nodes))
    for argument in ("inputs", "outputs"):
        _check_numbers(f"wiring[{argument!r}]", leaves(wiring[argument]), len(nodes))


def _check_node(what, child, sources, entry, name, count):
    if (child is None and entry is None) != (sources is None) or (
        entry is not None
        and (child is not None or is_table(sources) or not _is_entry(entry))
    ):
        raise ValueError(
            f"Graph: {what} has {[child, sources, entry, name]}, expected "
            "[child, sources, None, name], [None, source, entry, name] or an input"
        )
    _check_numbers(what, numbers_in(sources), count)
    if not (name is None or (isinstance(name, str) and name)):
        raise ValueError(f"Graph: {what} has the name {name!r}, expected a str")


def _is_entry(entry):
    if not is_table(entry) or [type(number) for number in entry] != [int, int]:
        return False
    return 0 <= entry[0] < entry[1]


def _check_numbers(what, numbers, count):
    for k in numbers:
        if type(k) is not int or not 0 <= k < count:
            raise ValueError(f"Graph: {what} has node {k!r}, expected one of {count}")
