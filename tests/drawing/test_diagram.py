"""Diagrams of networks: their blocks, edges and texts."""

import numpy as np
import pytest
from cases.params import CASES

import nnmods as nn
from drawing.nets import blocks_of, edges_of, lecture, shown
from nnmods.core.sketch import Sketch
from nnmods.drawing.building import diagram_of

PARAMETERS = "+ grad_weight, grad_bias"


def test_chain():
    diagram = diagram_of(nn.Sequential(nn.Linear(4, 3), nn.Tanh()))
    assert blocks_of(diagram) == [
        ("input", ["x"], ["dC/dx"]),
        (
            "module",
            ["(0) Linear(4 -> 3)"],
            ["(0) Linear(4 -> 3)", "dC/dy J", PARAMETERS],
        ),
        ("module", ["(1) Tanh()"], ["(1) Tanh()", "dC/dy J"]),
        ("output", ["y"], ["dC/dy"]),
    ]
    assert edges_of(diagram) == [
        (0, 1, "", ""),
        (1, 2, "", "dC/dy_{0}"),
        (2, 3, "", ""),
    ]
    assert [block.path for block in diagram.blocks] == ["", "0", "1", ""]


def test_shapes_of_a_chain():
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    diagram = diagram_of(net, np.ones((5, 4)))
    assert [block.lines[1:] for block in diagram.blocks[1:3]] == [
        ["J: 15 x 20"],
        ["J: 15 x 15"],
    ]
    assert [block.back[1:] for block in diagram.blocks[1:3]] == [
        ["dC/dy J", "(1 x 15)(15 x 20)", PARAMETERS],
        ["dC/dy J", "(1 x 15)(15 x 15)"],
    ]
    assert edges_of(diagram) == [
        (0, 1, "(5, 4)", ""),
        (1, 2, "(5, 3)", "dC/dy_{0}"),
        (2, 3, "(5, 3)", ""),
    ]


def test_the_example_of_the_lecture():
    net, x = lecture()
    diagram = diagram_of(net, x)
    assert blocks_of(diagram) == [
        ("input", ["x"], ["dC/dx"]),
        ("input", ["w"], ["dC/dw"]),
        ("input", ["y"], ["dC/dy"]),
        (
            "module",
            ["(ybar) G()", "J: 15 x 32"],
            ["(ybar) G()", "dC/dy J", "(1 x 15)(15 x 32)"],
        ),
        (
            "cost",
            ["(C) MSECriterion()", "J: 1 x 30"],
            ["(C) MSECriterion()", "dC/dy J", "(1 x 1)(1 x 30)"],
        ),
        ("output", ["C"], ["1"]),
    ]
    assert edges_of(diagram) == [
        (0, 3, "(5, 4)", ""),
        (1, 3, "(4, 3)", ""),
        (3, 4, "(5, 3)", "dC/dybar"),
        (2, 4, "(5, 3)", ""),
        (4, 5, "()", ""),
    ]


def test_a_value_that_goes_several_ways_has_a_fan():
    x = nn.Input()
    h = nn.Tanh()(x).named("h")
    diagram = diagram_of(nn.Graph(x, nn.CAddTable()([h, x, h])), np.ones((2, 3)))
    assert [block.kind for block in diagram.blocks] == [
        *("input", "module", "module", "output", "fan", "fan")
    ]
    assert edges_of(diagram) == [
        (0, 4, "(2, 3)", ""),
        (4, 1, "", "dC/dx_{h}"),
        (1, 5, "(2, 3)", "dC/dh"),
        (5, 2, "", "dC/dx_{1}[0]"),
        (4, 2, "", "dC/dx_{1}[1]"),
        (5, 2, "", "dC/dx_{1}[2]"),
        (2, 3, "(2, 3)", ""),
    ]


def test_entries_of_a_table_go_apart():
    x = nn.Input()
    first, second = nn.ConcatTable(nn.Tanh(), nn.Linear(3, 2))(x).split(2)
    net = nn.Graph(x, [nn.CMulTable()([first, first]), second])
    diagram = diagram_of(net, np.ones((5, 3)))
    pair, fan = diagram.blocks[1], diagram.blocks[5]
    assert (pair.kind, pair.lines) == ("container", ["(0) ConcatTable"])
    assert fan.kind == "fan"
    assert edges_of(diagram) == [
        (0, 1, "(5, 3)", ""),
        (1, 5, "[0] (5, 3)", "dC/dy_{0}[0]"),
        (5, 2, "", "dC/dx_{1}[0]"),
        (5, 2, "", "dC/dx_{1}[1]"),
        (2, 3, "(5, 3)", ""),
        (1, 4, "[1] (5, 2)", "[1]"),
    ]
    assert [block.lines for block in diagram.blocks[3:5]] == [["y[0]"], ["y[1]"]]
    assert [block.back for block in diagram.blocks[3:5]] == [["dC/dy[0]"], ["dC/dy[1]"]]


def test_a_table_that_is_used_whole_and_in_part_has_one_fan():
    pair = nn.Input("pair")
    first, _ = pair.split(2)
    net = nn.Graph(pair, [nn.CAddTable()(pair), nn.Tanh()(first)])
    diagram = diagram_of(net, [np.ones(3), np.ones(3)])
    assert [block.kind for block in diagram.blocks].count("fan") == 1
    assert edges_of(diagram)[:3] == [
        (0, 5, "[(3,), (3,)]", ""),
        (5, 1, "", "dC/dx_{0}"),
        (5, 2, "[0] (3,)", "[0] dC/dx_{1}"),
    ]


def test_containers_are_boxes():
    net = nn.Sequential(nn.Concat(1, nn.Linear(4, 2), nn.Tanh()), nn.Abs())
    diagram = diagram_of(net, np.ones((5, 4)))
    box = diagram.blocks[1]
    assert (box.kind, box.lines, box.path) == ("container", ["(0) Concat(1)"], "0")
    assert box.back == ["(0) Concat(1)"]
    assert [block.kind for block in box.inside.blocks] == [
        *("input", "module", "module", "output", "fan")
    ]
    assert box.inside.blocks[0].lines == box.inside.blocks[3].back == []
    assert [block.path for block in box.inside.blocks[1:3]] == ["0.0", "0.1"]
    assert edges_of(box.inside) == [
        (0, 4, "", ""),
        (4, 1, "", "dC/dx_{0}"),
        (4, 2, "", "dC/dx_{1}"),
        (1, 3, "(5, 2)", "dC/dy_{0}"),
        (2, 3, "(5, 4)", "dC/dy_{1}"),
    ]
    assert edges_of(diagram)[1] == (1, 2, "(5, 6)", "dC/dy_{0}")


def test_a_box_around_what_has_more_to_say():
    net = nn.Sequencer(nn.Sequential(nn.GRU(4, 3), nn.Linear(3, 2)))
    diagram = diagram_of(net, np.ones((7, 5, 4)))
    assert blocks_of(diagram) == [
        ("input", ["x"], ["dC/dx"]),
        ("container", ["Sequencer, each step"], ["Sequencer, each step"]),
        ("output", ["y"], ["dC/dy"]),
    ]
    assert edges_of(diagram) == [(0, 1, "(7, 5, 4)", ""), (1, 2, "(7, 5, 2)", "")]
    inner = diagram.blocks[1].inside
    assert edges_of(inner) == [(0, 1, "(5, 4)", ""), (1, 2, "(5, 2)", "")]
    assert edges_of(inner.blocks[1].inside) == [
        (0, 1, "", ""),
        (1, 2, "(5, 3)", "dC/dy_{0}"),
        (2, 3, "", ""),
    ]
    normed = diagram_of(nn.WeightNorm(nn.Linear(3, 2))).blocks[1]
    assert normed.back[1] == "+ grad_v, grad_g"
    assert normed.inside.blocks[1].back[2:] == ["+ grad_bias"]


def test_ports_of_a_graph_within():
    a, b = nn.Input(), nn.Input("b")
    inner = nn.Graph([a, b], [nn.CAddTable()([a, b]), nn.Tanh()(b)])
    net = nn.Sequential(inner, nn.CMulTable())
    box = diagram_of(net, [np.ones(3), np.ones(3)]).blocks[1]
    ports = [block for block in box.inside.blocks if block.kind in ("input", "output")]
    assert [(port.lines, port.back) for port in ports] == [
        (["x[0]"], ["dC/dx[0]"]),
        (["b"], ["dC/db"]),
        (["y[0]"], ["dC/dy[0]"]),
        (["y[1]"], ["dC/dy[1]"]),
    ]
    assert edges_of(box.inside)[0] == (0, 2, "(3,)", "")


def test_joints_and_labels():
    diagram = diagram_of(nn.SeqBRNN(nn.SeqGRU(4, 3)), np.ones((5, 2, 4)))
    assert [block.kind for block in diagram.blocks] == [
        *("input", "module", "module", "joint", "output", "fan")
    ]
    assert diagram.blocks[3].lines == diagram.blocks[3].back == ["+"]
    assert edges_of(diagram) == [
        (0, 5, "(5, 2, 4)", ""),
        (5, 1, "", "dC/dx_{0}"),
        (5, 2, "reversed", "dC/dx_{1} reversed"),
        (1, 3, "(5, 2, 3)", "dC/dy_{0}"),
        (2, 3, "reversed (5, 2, 3)", "dC/dy_{1} reversed"),
        (3, 4, "(5, 2, 3)", ""),
    ]


def test_slices():
    net = nn.Parallel(1, 1, nn.Linear(4, 3), nn.Linear(4, 2))
    box = diagram_of(net, np.ones((5, 2, 4))).blocks[1]
    assert box.lines == ["Parallel(1, 1)"]
    assert edges_of(box.inside) == [
        (0, 1, "[0] (5, 4)", "dC/dx[0]"),
        (0, 2, "[1] (5, 4)", "dC/dx[1]"),
        (1, 3, "(5, 3)", "dC/dy_{0}"),
        (2, 3, "(5, 2)", "dC/dy_{1}"),
    ]


def test_a_branch_in_some_calls_only():
    diagram = diagram_of(Unknown(nn.Tanh(), nn.Abs()))
    assert all(edge.dashed for edge in diagram.edges) and len(diagram.edges) == 5


class Unknown(nn.Container):
    def push(self, x, visit):
        return visit(1, visit(0, x))

    def pull(self, dC_dy, visit, input_grad=True):
        return visit(0, visit(1, dC_dy), input_grad)


class Holder(nn.Module):
    """A module of a user, with others that it calls itself."""

    def __init__(self):
        self.inner = nn.Sequential(nn.Linear(3, 2))
        self.gain, self.grad_gain = np.ones(2), np.zeros(2)

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, x, dC_dy):
        return self.inner.backward(x, dC_dy)


class Ruled(Unknown):
    def sketch(self):
        return Sketch([("x", 0), ("x", 1), ("x", 2, "no gradient"), (0, "y"), (1, "y")])


def test_what_leads_to_no_output_has_no_part_in_a_sum():
    diagram = diagram_of(Ruled(nn.Tanh(), nn.Abs(), nn.Square()))
    assert edges_of(diagram) == [
        (0, 5, "", ""),
        (5, 1, "", "dC/dx_{0}"),
        (5, 2, "", "dC/dx_{1}"),
        (0, 3, "no gradient", "no gradient"),
        (1, 4, "", "dC/dy_{0}"),
        (2, 4, "", "dC/dy_{1}"),
    ]


def test_other_modules_are_one_block():
    alone = diagram_of(Holder(), np.ones((5, 3)))
    assert blocks_of(alone)[1] == (
        "module",
        ["Holder()", "J: 10 x 15"],
        [
            "Holder()",
            "dC/dy J",
            "(1 x 10)(10 x 15)",
            "+ grad_gain, inner.0.grad_weight, ...",
        ],
    )
    assert edges_of(alone) == [(0, 1, "(5, 3)", ""), (1, 2, "(5, 2)", "")]
    within = diagram_of(nn.Sequential(Holder()))
    assert within.blocks[1].kind == "module" and within.blocks[1].inside is None


def test_a_long_repr_is_cut():
    net = nn.Sequential(
        nn.SpatialConvolution(16, 32, 3, 5, 2, 2, 1, 1, bias=False),
        nn.SpatialConvolution(1, 2, 3, 3),
    )
    first, second = (block.lines[0] for block in diagram_of(net).blocks[1:3])
    assert len(repr(net[0])) > 36 >= len(repr(net[1]))
    assert first == "(0) SpatialConvolution(...)"
    assert second == f"(1) {net[1]!r}"


def test_costs():
    pair = nn.CriterionTable(nn.MSECriterion())
    alone = diagram_of(pair, [np.ones(3), np.ones(3)])
    assert blocks_of(alone)[1:] == [
        (
            "cost",
            ["MSECriterion()", "J: 1 x 6"],
            ["MSECriterion()", "dC/dy J", "(1 x 1)(1 x 6)"],
        ),
        ("output", ["y"], ["1"]),
    ]
    chain = diagram_of(nn.Sequential(nn.Identity(), nn.Sequential(pair)))
    assert chain.blocks[-1].back == ["1"]
    each = diagram_of(nn.Sequential(nn.MapTable(pair)))
    assert each.blocks[-1].back == ["dC/dy"]
    y, target = nn.Input(), nn.Input("target")
    both = nn.Graph([y, target], [nn.MSECriterion()([y, target]), nn.Tanh()(y)])
    assert [b.back for b in diagram_of(both).blocks if b.kind == "output"] == [
        ["1"],
        ["dC/dy[1]"],
    ]


def test_a_network_of_nothing():
    diagram = diagram_of(nn.Sequential(), np.ones(3))
    assert blocks_of(diagram)[1][1][0] == "Sequential()"
    x = nn.Input()
    through = diagram_of(nn.Graph(x, x), np.ones(3))
    assert [block.kind for block in through.blocks][::2] == ["input", "output"]


@pytest.mark.parametrize("case", CASES)
def test_every_module_stands_in_the_diagram_once(case, rng):
    net, x = case.make(), case.inputs(rng)
    leaves = [
        path
        for path, module in net.named_modules()
        if not (isinstance(module, nn.Container) and module.children())
        and path not in paths_in_modules(net)
    ]
    for diagram in (diagram_of(net, limit=10**6), diagram_of(net, x, limit=10**6)):
        blocks = [block for block in shown(diagram) if block.kind != "container"]
        assert sorted(block.path for block in blocks) == sorted(leaves)
        for inner in [diagram, *(b.inside for b in diagram.walk() if b.inside)]:
            check_graph(inner)


def paths_in_modules(net):
    """Return the paths of what is below modules that are no containers."""
    return {
        f"{path}.{below}" if path else below
        for path, module in net.named_modules()
        if not isinstance(module, nn.Container)
        for below, _ in module.named_modules()[1:]
    }


def check_graph(diagram):
    """Raise unless inputs only begin, outputs only end, and there is no cycle."""
    sources = {edge.source for edge in diagram.edges}
    targets = {edge.target for edge in diagram.edges}
    for k, block in enumerate(diagram.blocks):
        assert (k in sources) == (block.kind != "output") or block.path
        assert (k in targets) == (block.kind != "input") or block.kind == "joint"
        if block.kind == "fan":
            assert sum(edge.target == k for edge in diagram.edges) == 1
            assert sum(edge.source == k for edge in diagram.edges) > 1
    left = list(diagram.edges)
    while left:
        open_ends = {edge.target for edge in left}
        free = [edge for edge in left if edge.source not in open_ends]
        assert free
        left = [edge for edge in left if edge.source in open_ends]
