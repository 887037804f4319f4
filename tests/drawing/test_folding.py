"""Large networks: what is shown of them, and what is counted."""

import numpy as np
import pytest

import nnmods as nn
from drawing.nets import deep, edges_of, modules_in, shown
from nnmods.drawing.building import diagram_of


def titles(diagram):
    return [block.lines[0] for block in diagram.blocks if block.lines]


def test_a_long_chain_is_shown_by_its_ends():
    diagram = diagram_of(deep(1, 100)[0], np.ones(3))
    assert titles(diagram) == [
        "x",
        "(0) Tanh()",
        "(1) Tanh()",
        "(2) Tanh()",
        "94 more modules",
        "(97) Tanh()",
        "(98) Tanh()",
        "(99) Tanh()",
        "y",
    ]
    assert diagram.blocks[4].kind == "folded"
    assert diagram.blocks[4].back == ["94 more modules"]
    assert [edge[:2] for edge in edges_of(diagram)] == [(k, k + 1) for k in range(8)]
    assert edges_of(diagram)[3:5] == [
        (3, 4, "(3,)", "dC/dy_{2}"),
        (4, 5, "(3,)", "dC/dy_{96}"),
    ]


def test_up_to_the_limit_all_are_shown():
    assert len(shown(diagram_of(deep(1, 60)[0]))) == 60
    assert len(shown(diagram_of(deep(1, 61)[0]))) == 7
    assert len(shown(diagram_of(deep(1, 61)[0], limit=61))) == 61


def test_long_rows_are_folded_before_containers():
    diagram = diagram_of(deep(100, 2))
    assert [block.kind for block in diagram.blocks[1:-1]] == [
        *["container"] * 3,
        "folded",
        *["container"] * 3,
    ]
    assert diagram.blocks[4].lines == ["188 more modules"]


def test_the_deepest_and_largest_containers_are_folded_first():
    net = nn.Sequential(
        nn.Sequential(deep(1, 8)[0], deep(1, 9)[0], nn.Tanh()), deep(1, 10)[0]
    )
    folded = [
        block.lines
        for block in diagram_of(net, limit=26).walk()
        if block.kind == "folded"
    ]
    assert folded == [["(1) Sequential", "9 modules"]]
    diagram = diagram_of(net, limit=20)
    outer, last = diagram.blocks[1:3]
    assert (outer.kind, last.kind) == ("container", "container")
    assert [block.kind for block in outer.inside.blocks[1:4]] == [
        *("folded", "folded", "module")
    ]
    diagram = diagram_of(net, limit=3)
    assert [block.lines[1:] for block in diagram.blocks[1:3]] == [
        ["18 modules"],
        ["10 modules"],
    ]
    assert diagram.blocks[1].back == ["(0) Sequential", "18 modules", "dC/dy J"]
    assert diagram.blocks[1].path == "0"


def test_at_last_the_network_is_one_block():
    diagram = diagram_of(deep(3, 3), np.ones(3), limit=1)
    assert titles(diagram) == ["x", "y", "Sequential"]
    assert diagram.blocks[2].lines == ["Sequential", "9 modules", "J: 3 x 3"]
    product = ["dC/dy J", "(1 x 3)(3 x 3)"]
    assert diagram.blocks[2].back == ["Sequential", "9 modules", *product]
    assert edges_of(diagram) == [(0, 2, "(3,)", ""), (2, 1, "(3,)", "")]
    boxed = diagram_of(nn.MapTable(deep(3, 3)), limit=1)
    assert titles(boxed) == ["x", "MapTable, each entry", "y"]
    assert boxed.blocks[1].lines[1:] == ["9 modules"]


def random_graph(n, rng):
    inputs = [nn.Input("a"), nn.Input("b")]
    nodes = [nn.CAddTable()(inputs)]
    for _ in range(n - 1):
        nodes.append(nn.CAddTable()([nodes[-1], nodes[rng.integers(len(nodes))]]))
    return nn.Graph(inputs, [nodes[-1], nodes[-2]])


def test_a_large_graph_without_rows_is_one_block(rng):
    diagram = diagram_of(random_graph(1000, rng))
    assert titles(diagram) == ["a", "b", "y[0]", "y[1]", "Graph"]
    assert diagram.blocks[4].lines == ["Graph", "1000 modules"]
    assert [edge[:2] for edge in edges_of(diagram)] == [(0, 4), (1, 4), (4, 2), (4, 3)]


def test_rows_in_a_graph_are_folded():
    x = nn.Input()
    ends = []
    for n in (200, 40, 2):
        h = x
        for _ in range(n):
            h = nn.Tanh()(h)
        ends.append(h)
    diagram = diagram_of(nn.Graph(x, nn.CAddTable()(ends)))
    folded = [block.lines for block in diagram.blocks if block.kind == "folded"]
    assert folded == [["194 more modules"]]  # that is enough
    diagram = diagram_of(nn.Graph(x, nn.CAddTable()(ends)), limit=12)
    folded = [block.lines for block in diagram.blocks if block.kind == "folded"]
    assert folded == [["198 more modules"], ["36 more modules"]]
    assert len(shown(diagram)) == 3 + 5 + 2 + 1


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 17, 60, 1000])
def test_the_limit_holds_and_all_modules_are_counted(limit, rng):
    nets = deep(1, 200), deep(200, 1), deep(14, 14), deep(5, 30), deep(1, 1)
    concat = nn.Concat(1, *deep(20, 5).modules)
    for net in (*nets, nn.Sequential(concat, nn.Tanh()), random_graph(40, rng)):
        diagram = diagram_of(net, limit=limit)
        assert len(shown(diagram)) <= limit
        assert modules_in(diagram) == sum(
            not module.children() for module in net.list_modules()
        )
        ends = {k for edge in diagram.edges for k in (edge.source, edge.target)}
        assert ends == set(range(len(diagram.blocks)))


def test_depth():
    net = nn.Sequential(deep(2, 2), nn.Tanh())
    none = diagram_of(net, depth=0)
    assert titles(none) == ["x", "y", "Sequential"] and modules_in(none) == 5
    one = diagram_of(net, depth=1)
    assert [block.lines for block in one.blocks[1:3]] == [
        ["(0) Sequential", "4 modules"],
        ["(1) Tanh()"],
    ]
    two = diagram_of(net, depth=2).blocks[1].inside
    assert [block.kind for block in two.blocks[1:3]] == ["folded", "folded"]
    everything = len(list(diagram_of(net).walk()))
    assert len(list(diagram_of(net, depth=3).walk())) == everything
    boxed = nn.Sequencer(net)
    assert diagram_of(boxed, depth=0).blocks[1].lines == [
        "Sequencer, each step",
        "5 modules",
    ]
    assert diagram_of(boxed, depth=1).blocks[1].inside.blocks[1].kind == "folded"
    assert diagram_of(nn.Tanh(), depth=0).blocks[1].kind == "module"
