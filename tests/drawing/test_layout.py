from itertools import combinations

import pytest
from hypothesis import given, settings

from drawing.random_diagrams import diagrams, overlap, rectangle, within
from nnmods.drawing.boxes import TITLE, header, lettered, text_height
from nnmods.drawing.diagram import Block, Diagram, Edge
from nnmods.drawing.layout import Layout, layout
from nnmods.drawing.lettering import text_width
from nnmods.drawing.routes import along


def levels(placed):
    """All levels of a layout, each with the rectangle that it has to stay in."""
    todo = [(placed, (0, 0, placed.width, placed.height))]
    while todo:
        level, room = todo.pop()
        yield level, room
        for b in level.blocks:
            if b.inside is not None:
                top = header(b.block)
                todo.append((b.inside, (b.x, b.y + top, b.width, b.height - top)))


def labels(level):
    return [edge.label for edge in level.edges if edge.label]


random = settings(max_examples=80, deadline=None, derandomize=True)


@random
@given(diagrams())
def test_no_block_or_label_overlaps_another(diagram):
    for level, room in levels(layout(diagram)):
        things = [rectangle(b) for b in level.blocks] + labels(level)
        assert all(within(thing, room) for thing in things)
        assert not any(overlap(a, b) for a, b in combinations(things, 2))


@random
@given(diagrams())
def test_all_is_there(diagram):
    todo = [(diagram, layout(diagram))]
    while todo:
        wanted, placed = todo.pop()
        assert [b.block for b in placed.blocks] == wanted.blocks
        assert [e.edge for e in placed.edges] == wanted.edges
        for edge in placed.edges:
            assert bool(edge.label) == bool(edge.edge.label or edge.edge.back)
        for b in placed.blocks:
            assert (b.inside is not None) == (b.block.kind == "container")
            if b.inside is not None:
                todo.append((b.block.inside or Diagram(), b.inside))


@random
@given(diagrams())
def test_texts_fit(diagram):
    for level, _ in levels(layout(diagram)):
        for b in level.blocks:
            if b.block.kind == "fan":
                continue
            for lines in (b.block.lines, b.block.back):
                if b.block.kind == "container":
                    assert TITLE * len(lines) <= header(b.block)
                    sized = [(line, TITLE) for line in lines]
                else:
                    assert text_height(lines) <= b.height
                    sized = lettered(lines)
                assert all(text_width(*line) < b.width for line in sized)
        for e in level.edges:
            if e.label:
                widths = [text_width(t, 10) for t in (e.edge.label, e.edge.back)]
                assert max(widths) <= e.label[2] + 1e-9


@random
@given(diagrams())
def test_edges_go_upwards_from_border_to_border_around_all_else(diagram):
    for level, (x, y, width, height) in levels(layout(diagram)):
        obstacles = [rectangle(b) for b in level.blocks] + labels(level)
        for e in level.edges:
            source, target = level.blocks[e.edge.source], level.blocks[e.edge.target]
            (x_first, y_first), (x_last, y_last) = e.points[0], e.points[-1]
            assert y_first == pytest.approx(source.y)
            assert y_last == pytest.approx(target.y + target.height)
            assert source.x <= x_first <= source.x + source.width
            assert target.x <= x_last <= target.x + target.width

            curve = list(along(e.points))
            heights = [point[1] for point in curve]
            assert heights == sorted(heights, reverse=True)
            for point in curve:
                assert within((*point, 0, 0), (x, y, width, height))
                assert not any(deep(point, r) for r in obstacles)


def deep(point, r):
    """Whether a point is inside of a rectangle, and not only on its border."""
    return all(r[i] + 0.01 < point[i] < r[i] + r[i + 2] - 0.01 for i in (0, 1))


@random
@given(diagrams())
def test_the_same_diagram_has_the_same_layout(diagram):
    assert layout(diagram) == layout(diagram)


def module(text="(0) Tanh()"):
    return Block("module", [text])


def middle(placed):
    return placed.x + placed.width / 2


def ends(edge):
    return edge.points[0][0], edge.points[-1][0]


def test_a_chain_is_one_column_of_straight_lines():
    texts = ["(0) Linear(784 -> 128)", "(1) Tanh()", "(2) Linear(128 -> 10)"]
    chain = Diagram([module(t) for t in texts], [Edge(0, 1, "(5, 128)"), Edge(1, 2)])
    placed = layout(chain)
    assert {middle(b) for b in placed.blocks} == {placed.width / 2}
    assert all(len(e.points) == 4 for e in placed.edges)
    labelled, plain = placed.edges
    assert labelled.label[0] > placed.width / 2  # to the right of the line
    assert 20 <= plain.points[0][1] - plain.points[-1][1] <= 30


def test_a_way_around_leaves_the_chain_straight():
    blocks = [Block("input", ["x"]), Block("fan"), module(), module()]
    blocks += [Block("joint", ["+"]), Block("output", ["y"])]
    edges = [Edge(*e) for e in ((0, 1), (1, 4), (1, 2), (2, 3), (3, 4), (4, 5))]
    placed = layout(Diagram(blocks, edges))
    assert len({round(middle(b), 6) for b in placed.blocks}) == 1
    bent = [len(e.points) > 4 for e in placed.edges]
    assert bent == [False, True, False, False, False, False]
    around = max(x for x, _ in placed.edges[1].points)
    assert around > placed.blocks[2].x + placed.blocks[2].width


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_branches_stand_symmetrically_in_their_order(n):
    blocks = [Block("fan"), *[module() for _ in range(n)], Block("joint", ["joined"])]
    edges = [Edge(0, i) for i in range(1, n + 1)]
    edges += [Edge(i, n + 1) for i in range(1, n + 1)]
    placed = layout(Diagram(blocks, edges))
    fan, *branches, joint = map(middle, placed.blocks)
    assert branches == sorted(branches)
    assert fan == pytest.approx(sum(branches) / n)
    assert joint == pytest.approx(fan)
    assert len({b.y for b in placed.blocks[1:-1]}) == 1


def test_inputs_stand_below_what_uses_them():
    """The lecture's drawing: C(G(x, w), y), with y beside G."""
    names = [Block("input", [t]) for t in "xwy"]
    blocks = [*names, module("G"), Block("cost", ["C"]), Block("output", ["C"])]
    edges = [Edge(*e) for e in ((0, 3), (1, 3), (3, 4), (2, 4), (4, 5))]
    x, w, y, G, C, out = layout(Diagram(blocks, edges)).blocks
    assert x.y == w.y > G.y > C.y > out.y
    assert G.y < y.y + y.height / 2 < G.y + G.height
    assert middle(x) < middle(G) < middle(w)
    assert middle(G) == middle(C) == middle(out) < middle(y)


def test_outputs_stand_on_top():
    blocks = [module(), Block("output", ["early"]), module(), Block("output", ["y"])]
    placed = layout(Diagram(blocks, [Edge(0, 1), Edge(0, 2), Edge(2, 3)])).blocks
    assert placed[1].y == placed[3].y < placed[2].y


def inside(n_inputs, n_outputs):
    blocks = [Block("input") for _ in range(n_inputs)]
    blocks += [module("a wide module, wider than anything else")]
    blocks += [Block("output") for _ in range(n_outputs)]
    edges = [Edge(i, n_inputs) for i in range(n_inputs)]
    edges += [Edge(n_inputs, n_inputs + 1 + i) for i in range(n_outputs)]
    return Block("container", ["(0) Sequential"], inside=Diagram(blocks, edges))


def test_ports_stand_on_the_border_where_edges_meet_them():
    before = [Block("input", [t]) for t in "abc"]
    after = [Block("output", [t]) for t in "yz"]
    edges = [Edge(2, 3), Edge(0, 3), Edge(1, 3), Edge(3, 4), Edge(3, 5)]
    placed = layout(Diagram([*before, inside(3, 2), *after], edges))
    box = placed.blocks[3]
    *ports, _, y, z = box.inside.blocks
    arrivals = [ends(e)[1] for e in placed.edges[:3]]
    leavings = [ends(e)[0] for e in placed.edges[3:]]
    assert arrivals == pytest.approx([middle(p) for p in ports])
    assert leavings == pytest.approx([middle(y), middle(z)])
    assert {p.y + p.height for p in ports} == {box.y + box.height}
    assert {y.y, z.y} == {box.y + header(box.block)}
    xs = [placed.blocks[i].x for i in (2, 0, 1)]
    assert xs == sorted(xs)  # so that the edges do not cross


def test_one_port_is_met_however_the_box_is_shaped():
    blocks = [Block("input", ["x"]), inside(1, 1), Block("output", ["y"])]
    side = Block("container", [], inside=Diagram([Block("input"), module()]))
    side.inside.edges.append(Edge(0, 1))
    side.inside.blocks.append(module("beside, and not in the middle"))
    placed = layout(Diagram([*blocks, side], [Edge(0, 1), Edge(1, 2), Edge(0, 3)]))
    for edge in (placed.edges[0], placed.edges[2]):
        port = placed.blocks[edge.edge.target].inside.blocks[0]
        assert ends(edge)[1] == pytest.approx(middle(port))


def test_crossings_are_untangled():
    n = 6
    blocks = [module(str(i)) for i in range(2 * n)]
    edges = [Edge(i, n + (5 * i + 3) % n) for i in range(n)]
    placed = layout(Diagram(blocks, edges))
    assert all(ends(e)[0] == pytest.approx(ends(e)[1]) for e in placed.edges)


def test_nothing_at_all():
    assert layout(Diagram()) == Layout([], [], 0, 0)


@pytest.mark.parametrize(
    "edges, message",
    [
        ([(0, 2)], "layout: edge 0 has target 2, expected one of 2 blocks"),
        ([(0, 1), (-1, 1)], "layout: edge 1 has source -1, expected one of 2 blocks"),
        ([(0, 1), (1, 0)], "layout: block 0 has a cycle before it, expected none"),
        ([(1, 1)], "layout: block 1 has a cycle before it, expected none"),
    ],
)
def test_what_is_no_diagram_is_refused(edges, message):
    diagram = Diagram([module(), module()], [Edge(*e) for e in edges])
    with pytest.raises(ValueError) as error:
        layout(diagram)
    assert str(error.value) == message


def test_long_chains_and_deep_nests():
    n = 2000
    chain = Diagram([module() for _ in range(n)])
    chain.edges += [Edge(i, i + 1) for i in range(n - 1)]
    chain.edges += [Edge(i, i + 3) for i in range(0, n - 3, 4)]
    placed = layout(chain)
    assert len(placed.blocks) == n
    tops = [b.y for b in placed.blocks]
    assert tops == sorted(tops, reverse=True)

    nest = module()
    for _ in range(n // 20):
        nest = Block("container", ["(0) Sequential"], inside=Diagram([nest]))
    assert sum(1 for _ in levels(layout(Diagram([nest])))) == n // 20 + 1
