import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from hypothesis import given, settings

from drawing.random_diagrams import diagrams, overlap, within
from nnmods.drawing.diagram import Block, Diagram, Edge
from nnmods.drawing.lettering import clean, plain, runs, text_width
from nnmods.drawing.svg import svg

NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "g", "rect", "circle", "path", "polygon", "text", "tspan"}

random = settings(max_examples=60, deadline=None, derandomize=True)


def parsed(*arguments, **options):
    return ET.fromstring(svg(*arguments, **options))


def tag(element):
    return element.tag.removeprefix(NAMESPACE)


def children(element, name):
    return [child for child in element if tag(child) == name]


def numbers(element, names):
    return [float(element.get(name, 0)) for name in names.split()]


def halves(picture):
    """The groups of the graphs, each with its shift."""
    for group in children(picture, "g"):
        shift = group.get("transform").removeprefix("translate(").rstrip(")")
        yield group, tuple(map(float, shift.split()))


def text_box(text):
    """The rectangle that a text fills, or all of its pieces."""
    pieces = children(text, "tspan") or [text]
    x, y, size, width = numbers(pieces[0], "x y font-size textLength")
    for piece in pieces[1:]:
        assert abs(float(piece.get("x")) - x - width) < 0.03  # one after another
        width += float(piece.get("textLength"))
    size = float(text.get("font-size"))
    if text.get("text-anchor") == "middle":
        x -= width / 2
    return x, y - 0.8 * size, width, size  # descenders reach 0.2 below the line


def shown(texts):
    return Counter(plain(text) for text in texts if text_width(text, 10) > 0)


def expected(diagram, back):
    """All texts of a graph, from the diagram alone."""
    todo, texts = [diagram], ["gradient" if back else "forward"]
    while todo:
        level = todo.pop()
        for block in level.blocks:
            if block.kind != "fan":
                texts += block.back if back else block.lines
            if block.kind == "container" and block.inside:
                todo.append(block.inside)
        texts += [edge.back if back else edge.label for edge in level.edges]
    return shown(texts)


@random
@given(diagrams())
def test_the_texts_are_those_of_the_diagram(diagram):
    for back, (group, _) in enumerate(halves(parsed(diagram))):
        texts = ["".join(t.itertext()) for t in group.iter(NAMESPACE + "text")]
        assert Counter(texts) == expected(diagram, back)


@random
@given(diagrams())
def test_every_text_is_in_its_block_and_clear_of_others(diagram):
    picture = parsed(diagram)
    width, height = numbers(picture, "width height")
    for group, (dx, dy) in halves(picture):
        boxes, labels = [], []
        for child in group:
            if tag(child) == "text":
                labels.append(text_box(child))
            for rect in children(child, "rect"):
                box = numbers(rect, "x y width height")
                boxes.append(box)
                inner = [text_box(text) for text in children(child, "text")]
                assert all(within(text, box) for text in inner)
                labels += inner
        # what is said of a container stands in it, but clear of all it contains
        for label in labels:
            assert within(
                (label[0] + dx, label[1] + dy, *label[2:]), (0, 0, width, height)
            )
            assert not any(overlap(label, o, 0.02) for o in labels if o is not label)
            for box in boxes:
                assert within(label, box, 0.02) or not overlap(label, box, 0.02)
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                # four numbers of two decimals each; the layout's own are exact
                inside = within(a, b, 0.02) or within(b, a, 0.02)
                assert inside or not overlap(a, b, 0.02)


@random
@given(diagrams())
def test_the_gradient_graph_is_the_forward_graph_reversed(diagram):
    forward, gradient = (group for group, _ in halves(parsed(diagram)))
    assert [r.attrib.keys() for r in forward.iter(NAMESPACE + "rect")] == [
        r.attrib.keys() for r in gradient.iter(NAMESPACE + "rect")
    ]
    for a, b in zip(
        forward.iter(NAMESPACE + "rect"), gradient.iter(NAMESPACE + "rect"), strict=True
    ):
        assert numbers(a, "x y width height") == numbers(b, "x y width height")
    for group, sign in ((forward, -1), (gradient, 1)):
        for head in children(group, "polygon"):
            tip, *base = [p.split(",") for p in head.get("points").split()]
            assert all(sign * (float(tip[1]) - float(p[1])) > 0 for p in base)


@random
@given(diagrams())
def test_it_stands_for_itself(diagram):
    text = svg(diagram)
    assert text == svg(diagram)
    picture = ET.fromstring(text)
    width, height = numbers(picture, "width height")
    assert numbers(picture, "width height") == list(
        map(float, picture.get("viewBox").split()[2:])
    )
    names = {tag(element) for element in picture.iter()}
    assert names <= ELEMENTS
    attributes = {name for e in picture.iter() for name in e.attrib}
    assert not attributes & {"id", "class", "style", "href", "onload"}
    paper = children(picture, "rect")[0]
    assert numbers(paper, "x y width height") == [0, 0, width, height]
    assert paper.get("fill") == "#ffffff"


def test_an_empty_diagram_is_a_small_picture():
    picture = parsed(Diagram(), title="a & <b>\0")
    assert children(picture, "title")[0].text == "a & <b>␀"
    assert picture.get("role") == "img"
    assert [float(picture.get(name)) < 250 for name in ("width", "height")] == [
        True
    ] * 2
    assert [g[0].text for g, _ in halves(picture)] == ["forward", "gradient"]


def lecture():
    blocks = [Block("input", ["x"], ["dC/dx"]), Block("fan")]
    blocks += [Block("module", ["G", "J: 2 x 3"], ["G", "dC/dy J"], path="net.0")]
    blocks += [Block("cost", ["C"], ["C"]), Block("output", ["C"], ["1"])]
    edges = [Edge(0, 1), Edge(1, 2, "(5, 4)", "dC/dx_{0}"), Edge(1, 3, dashed=True)]
    return Diagram(blocks, [*edges, Edge(2, 3), Edge(3, 4)])


def test_the_forward_graph_alone():
    both, alone = parsed(lecture()), parsed(lecture(), gradient=False)
    assert [len(list(halves(p))) for p in (both, alone)] == [2, 1]
    assert float(alone.get("width")) < float(both.get("width")) / 1.8
    assert ET.tostring(children(alone, "g")[0]) == ET.tostring(children(both, "g")[0])


def test_the_gradient_graph_starts_with_1_at_the_top():
    _, (gradient, _) = halves(parsed(lecture()))
    texts = sorted(gradient.iter(NAMESPACE + "text"), key=lambda t: text_box(t)[1])
    assert ["".join(t.itertext()) for t in texts][:3] == ["gradient", "1", "C"]
    assert "".join(texts[-1].itertext()) == "dC/dx"


def test_a_fan_is_a_dot_and_its_gradients_are_summed():
    (forward, _), (gradient, _) = halves(parsed(lecture()))
    dot, ring = (next(g.iter(NAMESPACE + "circle")) for g in (forward, gradient))
    assert float(dot.get("r")) < float(ring.get("r"))
    assert numbers(dot, "cx cy") == numbers(ring, "cx cy")
    # no head where the line runs on through the dot
    assert len(children(forward, "polygon")) == len(lecture().edges) - 1
    assert len(children(gradient, "polygon")) == len(lecture().edges)


def test_paths_are_tool_tips_and_some_edges_are_dashed():
    (forward, _), _ = halves(parsed(lecture()))
    assert [t.text for t in forward.iter(NAMESPACE + "title")] == ["net.0"]
    dashed = [p.get("stroke-dasharray") for p in children(forward, "path")]
    assert [bool(d) for d in dashed] == [False, False, True, False, False]


def test_a_subscript_is_smaller_and_lower():
    _, (gradient, _) = halves(parsed(lecture()))
    base, low = gradient.iter(NAMESPACE + "tspan")
    assert (base.text, low.text) == ("dC/dx", "0")
    assert float(low.get("font-size")) < float(base.get("font-size"))
    assert float(low.get("y")) > float(base.get("y"))
    assert (base.tail or "") + (low.tail or "") == ""


@pytest.mark.parametrize(
    "text, pieces",
    [
        ("y_{0}z", [("y", False), ("0", True), ("z", False)]),
        ("a_b {c}", [("a_b {c}", False)]),
        ("_{open", [("_{open", False)]),
        ("_{}x", [("x", False)]),
        ("_{a_{b}}", [("_{a", False), ("b", True), ("}", False)]),
        ("\ud800\x07\x7f\ufffe", [("\ufffd␇\ufffd\ufffd", False)]),
        ("", []),
    ],
)
def test_runs(text, pieces):
    assert runs(text) == pieces


def test_widths():
    assert text_width("abcde", 10) == pytest.approx(5 * 6.02)
    assert text_width("層", 10) == text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("y_{12}", 8) == pytest.approx((1 + 2 * 0.75) * 0.602 * 8)
    assert clean("plain (5 -> 4)") == "plain (5 -> 4)"
