"""Every value has its shape, and every gradient its name, somewhere on its way."""

import pytest
from cases import MODULES
from cases.params import params

import nnmods as nn
from drawing.nets import lecture
from nnmods.drawing.building import diagram_of

CASES = params(MODULES, lambda name, case: isinstance(case.make(), nn.Container))


def ports(block, kind):
    """Return where edges go on within a container, or the block itself."""
    if block.inside is None:
        return [block]
    ends = [inner for inner in block.inside.blocks if inner.kind == kind]
    return [port for end in ends for port in ports(end, kind)]


def met(edges, name, kind, blocks):
    """Yield each edge with those blocks that it meets at one of its ends."""
    of_block = {}
    for edge in edges:
        of_block.setdefault(getattr(edge, name), []).append(edge)
    for k, ending in of_block.items():
        found = ports(blocks[k], kind)
        for i, edge in enumerate(ending):
            yield edge, [found[i]] if len(found) == len(ending) else found


def pieces(diagram):
    """Yield (source, target, edge) for all edges, at all depths."""
    sources = dict(_by_id(met(diagram.edges, "source", "output", diagram.blocks)))
    targets = dict(_by_id(met(diagram.edges, "target", "input", diagram.blocks)))
    for edge in diagram.edges:
        for a in sources[id(edge)]:
            yield from ((a, b, edge) for b in targets[id(edge)])
    for block in diagram.blocks:
        if block.inside is not None:
            yield from pieces(block.inside)


def _by_id(pairs):
    return ((id(edge), blocks) for edge, blocks in pairs)


def is_passed(block):
    """Tell whether edges only pass: a fan, or a point on a border."""
    return block.kind == "fan" or not (block.lines or block.back)


def ways(diagram):
    """Yield (source, target, edges) for all ways from one block to the next."""
    after = {}
    for a, b, edge in pieces(diagram):
        after.setdefault(id(a), []).append((a, b, edge))
    todo = [
        (a, b, [edge])
        for found in after.values()
        for a, b, edge in found
        if not is_passed(a)
    ]
    while todo:
        a, b, edges = todo.pop()
        if is_passed(b):
            todo += [(a, c, [*edges, e]) for _, c, e in after.get(id(b), ())]
        else:
            yield a, b, edges


def was_called(block):
    return block.kind not in ("module", "cost") or len(block.lines) > 1


def check(diagram):
    found = list(ways(diagram))
    assert found
    for a, b, edges in found:
        if was_called(a) and was_called(b):
            labels = [edge.label for edge in edges]
            assert any("(" in label for label in labels), (a.lines, b.lines, labels)
        if any(edge.one_way for edge in edges):
            continue
        labels = [edge.back for edge in edges]
        ends = [end.back for end in (a, b) if end.kind in ("input", "output")]
        named = any("dC/d" in text for text in [*labels, *sum(ends, [])])
        # what a joint gives to one of several users of a value has no name of its own
        assert named or ["1"] in ends or "joint" in (a.kind, b.kind), (a, b, labels)


def test_of_the_lecture():
    diagram = diagram_of(*lecture())
    assert len(list(ways(diagram))) == 5
    check(diagram)


@pytest.mark.parametrize("case", CASES)
def test_of_all_containers(case, rng):
    x = case.inputs(rng)
    check(diagram_of(case.make(), x, limit=10**6))
