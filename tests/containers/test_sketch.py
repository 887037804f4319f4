"""Sketches of wirings: they say where values really go."""

import numpy as np
import pytest
from cases import MODULES
from cases.params import params

import nnmods as nn
from nnmods.core.sketch import Link, Sketch, sketch_of
from nnmods.core.tables import is_table
from nnmods.testing.compare import leaves

CASES = params(MODULES, lambda name, case: isinstance(case.make(), nn.Container))


def containers_in(net):
    return net.find_modules(nn.Container)


def reached(starts, links):
    """Return all ends that can be reached along links."""
    found, todo = set(starts), list(starts)
    while todo:
        end = todo.pop()
        new = {link[1] for link in links if link[0] == end} - found
        found |= new
        todo += new
    return found


@pytest.mark.parametrize("case", CASES)
def test_each_child_is_on_a_way_from_inputs_to_outputs(case):
    for container in containers_in(case.make()):
        sketch, children = container.sketch(), set(range(len(container.children())))
        assert type(container).sketch is not nn.Container.sketch
        sources = {link.source for link in sketch.links}
        targets = {link.target for link in sketch.links}
        ends = sources | targets
        assert {end for end in ends if isinstance(end, int)} == children
        assert set(sketch.inputs) <= sources and not set(sketch.inputs) & targets
        assert set(sketch.outputs) <= targets and not set(sketch.outputs) & sources
        joints = {end for end in ends if isinstance(end, str)}
        joints -= set(sketch.inputs) | set(sketch.outputs)
        starts = set(sketch.inputs) | (joints - targets)
        assert reached(starts, sketch.links) == ends
        back = [(link.target, link.source) for link in sketch.links]
        aside = {link[1] for link in sketch.links if link.label == "no gradient"}
        assert reached(sketch.outputs, back) == ends - aside
        for end in ends:  # no cycle
            after = [link.target for link in sketch.links if link.source == end]
            assert end not in reached(after, sketch.links)


def entry_of(value, entry):
    for i in entry:
        value = value[i]
    return value


@pytest.mark.parametrize("case", CASES)
def test_a_child_gets_what_its_only_link_says(case):
    net, x = case.make(), case.inputs(np.random.default_rng(0))
    net.forward(x)
    for container in containers_in(net):
        sketch = container.sketch()
        if sketch.note or container._inputs is None:  # x is not passed on as it is
            continue
        for i in range(len(container.children())):
            links = [link for link in sketch.links if link.target == i]
            if len(links) > 1 or any(link.dashed or link.label for link in links):
                continue
            (source, _, _, entry, _) = links[0]
            if source in sketch.inputs:
                value, entry = container._x, (*sketch.inputs[source], *entry)
            elif isinstance(source, int):
                value = container.modules[source].y
            else:
                continue
            if entry and not is_table(value):
                continue  # a slice along an axis
            got, wanted = container._inputs[i], entry_of(value, entry)
            for a, b in zip(leaves([got]), leaves([wanted]), strict=True):
                np.testing.assert_array_equal(a, b)


def links_of(net):
    return [tuple(link) for link in net.sketch().links]


def test_chains_and_branches():
    a, b = nn.Tanh(), nn.Abs()
    chain = [("x", 0, "", (), False), (0, 1, "", (), False), (1, "y", "", (), False)]
    assert links_of(nn.Sequential(a, b)) == chain
    both = [("x", 0), ("x", 1), (0, "y"), (1, "y")]
    for net in (nn.Concat(1), nn.ConcatTable(), nn.DepthConcat(1)):
        assert [link[:2] for link in links_of(net.extend(a, b))] == both
        assert not any(any(link[2:]) for link in links_of(net))
    for net in (nn.ParallelTable(), nn.Parallel(1, 1)):
        assert [link[:2] for link in links_of(net.extend(a, b))] == both
        assert [link[3] for link in links_of(net)] == [(0,), (1,), (), ()]


@pytest.mark.parametrize(
    "net", [nn.Sequential(), nn.ConcatTable(), nn.ParallelTable(), nn.MapTable()]
)
def test_without_children_x_goes_to_y(net):
    assert [link[:2] for link in links_of(net)] == [("x", "y")]


def test_notes():
    linear = nn.Linear(3, 2)
    assert nn.MapTable(linear).sketch().note == "each entry"
    assert nn.Sequencer(linear).sketch().note == "each step"
    assert nn.Repeater(linear, 3).sketch().note == "3 steps"
    apart = nn.MapTable(linear, shared=False).resize(2).sketch()
    assert [link.entry for link in apart.links] == [(0,), (1,), (), ()]


def test_recurrent():
    parts = nn.CAdd(2), nn.Linear(3, 2), nn.Linear(2, 2), nn.Tanh()
    assert links_of(nn.Recurrent(*parts)) == [
        ("x", 1, "", (), False),
        (1, 0, "first step", (), True),
        ("y before", 2, "", (), False),
        (1, "+", "", (), False),
        (2, "+", "", (), False),
        (0, 3, "first step", (), True),
        ("+", 3, "later steps", (), True),
        (3, "y", "", (), False),
    ]
    merged = links_of(nn.Recurrent(*parts, nn.CMulTable()))
    assert (2, 4, "", (), False) in merged and (4, 3) in [k[:2] for k in merged]


def test_both_directions():
    links = [("x", 0, ""), ("x", 1, "reversed"), (0, 2, ""), (1, 2, "reversed")]
    layer = nn.GRU(3, 2)
    with_merge = nn.BiSequencer(layer, merge=nn.Add())
    assert [link[:3] for link in links_of(with_merge)] == [*links, (2, "y", "")]
    joined = [link[:2] for link in links_of(nn.BiSequencer(nn.GRU(3, 2)))]
    assert joined == [("x", 0), ("x", 1), (0, "joined"), (1, "joined"), ("joined", "y")]
    summed = [link[:2] for link in links_of(nn.SeqBRNN(nn.SeqGRU(3, 2)))]
    assert summed == [("x", 0), ("x", 1), (0, "+"), (1, "+"), ("+", "y")]
    labels = [link[2] for link in links_of(nn.BiSequencerLM(nn.GRU(3, 2)))]
    assert labels == [
        "without the last",
        "reversed, without the first",
        "step before",
        "reversed, step after",
        "",
    ]


def test_graph():
    x, z = nn.Input(), nn.Input("z")
    first, second = nn.ConcatTable(nn.Tanh(), nn.Abs())(x).split(2)
    h = nn.CMulTable()([second, first, z]).named("h")
    sketch = nn.Graph([x, [z]], [h, second]).sketch()
    assert sketch.inputs == {"x[0]": (0,), "z": (1, 0)}
    assert sketch.outputs == {"y[0]": (0,), "y[1]": (1,)}
    assert sketch.names == {1: "h"}
    assert [tuple(link) for link in sketch.links] == [
        ("x[0]", 0, "", (), False),
        (0, 1, "", (1,), False),
        (0, 1, "", (0,), False),
        ("z", 1, "", (), False),
        (1, "y[0]", "", (), False),
        (0, "y[1]", "", (1,), False),
    ]


def test_ends_of_a_graph_with_one_name():
    y = nn.Input("y")
    first, second = nn.Input(), nn.Input("x[0]")
    sketch = nn.Graph([first, second], nn.CAddTable()([first, second])).sketch()
    assert list(sketch.inputs) == ["x[0]", "x[0] (in)"]
    node = nn.Tanh()(y)
    assert list(nn.Graph(y, node).sketch().outputs) == ["y (out)"]
    assert list(nn.Graph(y, node.named("C")).sketch().outputs) == ["C"]
    named = nn.Input("n")
    assert links_of(nn.Graph(named, named)) == [("n", "y", "", (), False)]


class Twice(nn.Container):
    def push(self, x, visit):
        return visit(1, visit(0, x))


class Backwards(nn.Sequential):
    def push(self, x, visit):
        for i in reversed(range(len(self))):
            x = visit(i, x)
        return x


class Known(Backwards):
    def push(self, x, visit):
        return super().push(x, visit)

    def sketch(self):
        ends = ["x", *reversed(range(len(self))), "y"]
        return Sketch(list(zip(ends, ends[1:], strict=False)))


class Quiet(Known):
    pass


@pytest.mark.parametrize("cls", [Twice, Backwards])
def test_an_unknown_wiring_is_dashed(cls):
    links = cls(nn.Tanh(), nn.Abs()).sketch().links
    assert links[:2] == [Link("x", 0, dashed=True), Link("x", 1, dashed=True)]
    assert all(link.dashed for link in links) and len(links) == 4


@pytest.mark.parametrize("cls", [Known, Quiet])
def test_a_sketch_that_is_written_stays(cls):
    net = cls(nn.Tanh(), nn.Abs())
    assert [link[:2] for link in net.sketch().links] == [("x", 1), (1, 0), (0, "y")]


@pytest.mark.parametrize(
    "sketch, error, message",
    [
        (None, TypeError, "has type NoneType, expected a Sketch"),
        (Sketch.chain(3), ValueError, "has child 2, expected one of 2"),
        (Sketch([("x", 0), (-1, "y")]), ValueError, "has child -1, expected one of 2"),
        (
            Sketch([("x", 0), (0, "x")]),
            ValueError,
            "has a link from 0 to 'x', expected none into inputs or out of outputs",
        ),
        (
            Sketch([("x", 0), (0, 1), (1, "+"), ("+", 0), (1, "y")]),
            ValueError,
            "has links in a circle, expected none",
        ),
    ],
)
def test_a_sketch_that_cannot_be(sketch, error, message):
    net = Known(nn.Tanh(), nn.Abs())
    net.sketch = lambda: sketch
    for use in (sketch_of, str, nn.draw):
        with pytest.raises(error) as err:
            use(net)
        assert str(err.value) == f"Known: sketch {message}"
