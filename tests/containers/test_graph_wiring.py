"""Wirings that come from elsewhere: any order of nodes, and none that is no graph."""

import copy

import numpy as np
import pytest

import nnmods as nn

#: x -> Linear -> Tanh -> sum of both, its nodes in an order of no meaning.
NODES = [
    [2, [3, 1], None, "sum"],
    [0, 3, None, "tanh"],
    [None, None, None, "x"],
    [1, 2, None, "linear"],
]
WIRING = {"nodes": NODES, "inputs": 2, "outputs": 0}


def modules():
    return [nn.Tanh(), nn.Linear(3, 3, rng=0), nn.CAddTable()]


def test_nodes_in_any_order(rng):
    net, a = nn.Graph.from_wiring(modules(), WIRING), rng.standard_normal((4, 3))
    linear = net[1](a)
    np.testing.assert_allclose(net(a), linear + np.tanh(linear))
    dC_dx = net.backward(a, np.ones((4, 3)))
    slope = 2 - np.tanh(linear) ** 2
    np.testing.assert_allclose(dC_dx, slope @ net[1].weight)
    assert [path for path, _, _ in net.named_parameters()][0] == "linear.weight"
    assert net.check_connected() is net


def test_a_wiring_makes_the_same_graph_again(rng):
    x = nn.Input()
    a, b, _ = nn.SplitTable(1)(x).split(3)
    net = nn.Graph([x], nn.CAddTable()([a, b, nn.Tanh()(a)]))
    other = nn.Graph.from_wiring([m.clone() for m in net], net.wiring)
    assert repr(other) == repr(net) and other.wiring == net.wiring
    value = [rng.standard_normal((4, 3))]
    np.testing.assert_array_equal(other(value), net(value))


def changed(place, node):
    wiring = copy.deepcopy(WIRING)
    wiring["nodes"][place] = node
    return wiring


def added(node):
    return WIRING | {"nodes": [*NODES, node]}


WRONG = {
    "cycle": (changed(3, [1, 1, None, None]), r"cycle, 1 \(L.*\) <- tanh .* <- 1 \(L"),
    "itself": (changed(1, [0, 1, None, None]), r"a cycle, 0 \(Tanh\(\)\) <- 0 \(Tanh"),
    "no input": (
        changed(3, [1, [], None, None]),
        "outputs has sum .* depends on no in",
    ),
    "far": (changed(1, [0, 9, None, None]), r"\['nodes'\]\[1\] has node 9, expected"),
    "before": (changed(1, [0, -1, None, None]), "has node -1, expected one of 4"),
    "text": (changed(1, [0, "x", None, None]), "has node 'x', expected one of 4"),
    "child": (
        changed(1, [2, 3, None, None]),
        r"modules \[2, 2, 1\], expected each of 3",
    ),
    "entry": (changed(1, [0, 3, [0, 2], None]), r"has \[0, 3, \[0, 2\], None\], expe"),
    "no list": (changed(1, None), r"\['nodes'\]\[1\] has None, expected \[child, sou"),
    "three": (changed(1, [0, 3, None]), r"\[1\] has \[0, 3, None\], expected \[child,"),
    "fraction": (changed(1, [0.0, 3, None, None]), r"modules \[2, 0.0, 1\], expected"),
    "truth": (changed(1, [False, 3, None, None]), r"modules \[2, False, 1\], expec"),
    "letter": (changed(1, ["a", 3, None, None]), r"modules \[2, 'a', 1\], expected"),
    "length": (added([None, 3, 2, None]), r"\[4\] has \[None, 3, 2, None\], expected"),
    "half": (added([None, 3, [0.5, 2], None]), r"has \[None, 3, \[0.5, 2\], None\]"),
    "letters": (added([None, 3, "ab", None]), r"has \[None, 3, 'ab', None\], expect"),
    "nothing": (WIRING | {"inputs": None}, r"wiring\['inputs'\] has node None, expec"),
    "missing": ({"nodes": NODES, "inputs": 0}, "wiring has no 'outputs', expected"),
    "modules": (
        changed(1, [None, 3, [0, 2], None]),
        r"modules \[2, 1\], expected each",
    ),
    "index": (added([None, 3, [2, 2], None]), r"\[4\] has \[None, 3, \[2, 2\], None\]"),
    "unused": (added([None, 3, [0, 2], "e"]), r"e \(an entry\) leads to no output"),
    "name": (changed(1, [0, 3, None, 7]), "has the name 7, expected a str"),
    "given": (WIRING | {"inputs": 3}, r"inputs has linear .*expected nodes of Input"),
    "outputs": (WIRING | {"outputs": [8]}, r"wiring\['outputs'\] has node 8"),
    "dead": (WIRING | {"outputs": 3}, r"leads to no output, expected each node to"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_graph_is_refused(name):
    wiring, message = WRONG[name]
    with pytest.raises(ValueError, match=message) as caught:
        nn.Graph.from_wiring(modules(), wiring)
    assert "\n" not in str(caught.value)


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match=r"modules\[2\] has type type, expected a Mod"):
        nn.Graph.from_wiring([*modules()[:2], nn.CAddTable], WIRING)


@pytest.mark.parametrize("wiring", [None, NODES, WIRING | {"nodes": None}])
def test_what_is_no_wiring_is_refused(wiring):
    with pytest.raises(TypeError, match="Graph: wiring.* has type .*, expected a "):
        nn.Graph.from_wiring(modules(), wiring)


def test_a_file_goes_through_the_same_checks(tmp_path):
    net = nn.Graph.from_wiring(modules(), copy.deepcopy(WIRING))
    net.wiring["nodes"][3][1] = 1  # a cycle
    nn.save(net, tmp_path / "cycle.npz")
    with pytest.raises(ValueError, match=r"does not take \(ValueError: .* has a cycle"):
        nn.load(tmp_path / "cycle.npz")


def whole(x):
    return "long"


def as_it_is(node):
    return nn.Linear(3, 2)(node)


def within(node):
    x = nn.Input()
    return nn.Graph(x, nn.Linear(3, 2)(x).named("inner"))(node)


def switched(node):
    return nn.Switch(whole, {"short": nn.Abs(), "long": nn.Linear(3, 2)})(node)


def repeated(node):
    return nn.Repeat(nn.Linear(3, 3), 2)(node)


PLACES = {
    as_it_is: [],
    within: ["in module inner of Graph"],
    switched: ["in module long of Switch"],
    repeated: ["in application 0 of Repeat"],
}


@pytest.mark.parametrize("name", [None, "last"])
@pytest.mark.parametrize("place", PLACES)
def test_a_table_where_an_array_is_needed_is_noted(place, name):
    """The error is the child's own; notes say where that is, from within outwards."""
    x = nn.Input()
    node = place(nn.SplitTable(0)(x))
    net = nn.Graph(x, node.named(name) if name else node)
    with pytest.raises(
        TypeError, match=r"Linear\(.*: x is a table of 2, exp"
    ) as caught:
        net.forward(np.ones((2, 3)))
    assert caught.value.__notes__ == [*PLACES[place], f"in module {name or 1} of Graph"]


@pytest.mark.parametrize("name", [None, "sum"])
def test_an_array_where_a_table_is_needed_is_noted(name):
    x = nn.Input()
    node = nn.CAddTable()(nn.Tanh()(x))
    net = nn.Graph(x, node.named(name) if name else node)
    with pytest.raises(TypeError, match=r"CAddTable\(\): x has shape \(3,\)") as caught:
        net.forward(np.ones(3))
    assert caught.value.__notes__ == [f"in module {name or 1} of Graph"]


def test_errors_on_the_way_back_are_noted():
    class Broken(nn.Identity):
        def backward(self, x, dC_dy):
            raise ValueError("Broken(): on purpose")

        def jvp(self, x, dx, dparams=None):
            raise ValueError("Broken(): on purpose")

    x, a = nn.Input(), np.ones(3)
    net = nn.Graph(x, nn.Abs()(Broken()(x).named("middle")))
    net.forward(a)
    for verb in (net.backward, net.backprop, net.jvp):
        with pytest.raises(ValueError, match="on purpose") as caught:
            verb(a, a)
        assert caught.value.__notes__ == ["in module middle of Graph"]


@pytest.mark.parametrize("value, name", [(None, "NoneType"), ("text", "str")])
def test_an_entry_that_goes_through_is_an_array(value, name, rng):
    x = nn.Input()
    net, a = nn.Graph(x, x.split(2)[1].split(2)), rng.standard_normal((4, 3))
    np.testing.assert_array_equal(net([value, [a, 2 * a]]), [a, 2 * a])
    with pytest.raises(TypeError, match=rf"Graph: x\[1\]\[0\] has type {name}, expect"):
        net.forward([a, [value, a]])
