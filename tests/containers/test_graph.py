"""Graph: values and gradients by hand, any wiring, and errors that name nodes."""

import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.lending import LEAST_BYTES
from nnmods.testing import check_module


def test_values_and_gradients_by_hand():
    x, z = nn.Input(), nn.Input()
    product = nn.CMulTable()([x, z, x])
    net = nn.Graph([x, z], [product, x])
    a, b = np.array([2.0, 3.0]), np.array([5.0, 7.0])
    y = net.forward([a, b])
    np.testing.assert_array_equal(y[0], [20, 63])
    np.testing.assert_array_equal(y[1], a)
    dC_da, dC_db = net.backward([a, b], [np.ones(2), np.array([100.0, 200.0])])
    np.testing.assert_array_equal(dC_da, [120, 242])  # 2 a b, and 100 and 200 besides
    np.testing.assert_array_equal(dC_db, [4, 9])


def test_named_nodes_show_their_last_values():
    x = nn.Input("x")
    h = nn.MulConstant(3)(x).named("hidden")
    net = nn.Graph(x, nn.CAddTable()([h, h, x]))
    assert net["hidden"].y is None and net["hidden"].dC_dy is None
    net.backward(a := np.ones(2), net.forward(a) * 0 + 1)
    np.testing.assert_array_equal(net["hidden"].y, [3, 3])
    np.testing.assert_array_equal(net["hidden"].dC_dy, [2, 2])
    np.testing.assert_array_equal(net["x"].dC_dy, [7, 7])
    assert net["hidden"].module is net[0]
    assert net["x"].module is None
    net.jvp(a, 5 * a)
    np.testing.assert_array_equal(net["hidden"].y, [3, 3])
    with pytest.raises(KeyError, match="no node has the name 'other'"):
        net["other"]


def test_entries_that_nobody_uses_have_no_gradient(rng):
    x = nn.Input()
    first, _, third = nn.SplitTable(1)(x).split(3)
    net = nn.Graph(x, nn.CMulTable()([first, third, third]))
    a = rng.standard_normal((4, 3))
    check_module(net, a)
    dC_dx = net.backward(a, net.forward(a))
    assert not dC_dx[:, 1].any()


def test_a_table_that_is_split_and_used_whole(rng):
    x = nn.Input()
    table = nn.SplitTable(1)(nn.Linear(4, 3, rng=0)(x))
    a, b, _ = table.split(3)
    again = table.split(3)[0]
    net = nn.Graph(x, nn.CAddTable()([a, b, again, nn.CMulTable()(table)]))
    check_module(net, rng.standard_normal((5, 4)))


def test_nested_tables_as_sources_inputs_and_outputs(rng):
    x, z, w = nn.Input(), nn.Input(), nn.Input()
    flat = nn.FlattenTable()([x, [z, nn.Tanh()(w)]])
    net = nn.Graph([x, [z, w]], [[nn.CAddTable()(flat)], z])
    inputs = [rng.standard_normal((3, 2)) for _ in range(3)]
    y = net.forward([inputs[0], [inputs[1], inputs[2]]])
    np.testing.assert_allclose(y[0][0], inputs[0] + inputs[1] + np.tanh(inputs[2]))
    check_module(net, [inputs[0], [inputs[1], inputs[2]]])


def test_an_input_alone_is_a_graph():
    x = nn.Input()
    net, a = nn.Graph(x, x), np.ones(3)
    np.testing.assert_array_equal(net(a), a)
    np.testing.assert_array_equal(net.backward(a, 2 * a), 2 * a)


def test_without_input_gradient_only_what_learns_is_visited(rng):
    x = nn.Input()
    front = nn.Tanh()
    net = nn.Graph(x, nn.Linear(3, 2, rng=0)(front(x)))
    twin, a = net.clone(), rng.standard_normal((4, 3))
    dC_dy = net(a)
    for graph in (net, twin):
        graph.zero_grad_params()
        graph.forward(a)
    assert net.backprop(a, dC_dy, input_grad=False) is None
    twin.backprop(a, dC_dy)
    assert net[0].dC_dx is None  # of the Tanh, which no parameter stands before
    for one, other in zip(net.parameters()[1], twin.parameters()[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_large_gradients_take_turns(rng):
    n = LEAST_BYTES // 8
    x = nn.Input()
    a, b = nn.Tanh()(x), nn.Abs()(x)
    net = nn.Graph(x, nn.CAddTable()([a, nn.CMulTable()([a, b]), nn.Mul(rng=0)(b)]))
    v = rng.standard_normal(n)
    dC_dy = net(v)
    wanted = net.clone()
    wanted.forward(v)
    wanted.zero_grad_params()
    expected = wanted.backward(v, dC_dy).copy()
    for _ in range(3):
        net.forward(v)
        np.testing.assert_array_equal(net.backprop(v, dC_dy), expected)


def test_copies_pickles_and_files_keep_the_wiring(rng, tmp_path):
    x, z = nn.Input(), nn.Input()
    h = nn.Linear(3, 2, rng=0)(x).named("hidden")
    net = nn.Graph([x, z], [nn.CAddTable()([h, z]), h])
    inputs = [rng.standard_normal((4, 3)), rng.standard_normal((4, 2))]
    y = net(inputs)
    nn.save(net, tmp_path / "net.npz")
    copies = [
        net.clone(),
        pickle.loads(pickle.dumps(net)),
        nn.load(tmp_path / "net.npz"),
    ]
    for copy in copies:
        assert repr(copy) == repr(net)
        for a, b in zip(copy(inputs), y, strict=True):
            np.testing.assert_array_equal(a, b)
        assert copy["hidden"].module is copy[0]


def test_children_are_replaced_but_not_added():
    x = nn.Input()
    net = nn.Graph(x, nn.Tanh()(nn.Abs()(x)))
    net[0] = nn.Square()
    np.testing.assert_allclose(net(np.full(1, -2.0)), np.tanh(4))
    with pytest.raises(ValueError, match="two places"):
        net[0] = net[1]
    assert isinstance(net[0], nn.Square)
    for change in (net.add, net.remove, lambda m: net.insert(0, m)):
        with pytest.raises(TypeError, match="its wiring has a place for each of 2"):
            change(nn.Tanh())
    net.replace(lambda m: nn.Exp() if isinstance(m, nn.Square) else m)
    np.testing.assert_allclose(net(np.zeros(1)), np.tanh(1))


def errors():
    x, z = nn.Input("x"), nn.Input("z")
    tanh = nn.Tanh()
    once = tanh(x).named("once")
    twice = tanh(once).named("twice")
    loop = nn.Abs()(x).named("loop")
    loop.sources = nn.Exp()(loop)
    same = nn.Abs()(x).named("once")
    both = [nn.Identity()(x).named("pair").split(n)[0] for n in (2, 3)]
    both[1].sources = both[0].sources
    inner = nn.Linear(3, 2)
    nested = [nn.Sequential(inner)(x).named("outer"), inner(x).named("alone")]
    return {
        "unused": ([x, z], once, ValueError, r"z \(an input\) leads to no output"),
        "unnamed": (
            [x, nn.Input()],
            once,
            ValueError,
            r"Graph: x\[1\] \(an input\) le",
        ),
        "missing": (z, nn.CAddTable()([z, once]), ValueError, r"x \(an .* once \(Tanh"),
        "output": (
            x,
            [once, z],
            ValueError,
            r"z \(an input\), which outputs needs, is",
        ),
        "cycle": (
            x,
            [once, loop],
            ValueError,
            r"cycle, 1 \(Exp\(\)\) <- loop \(Abs\(\)\) <- 1",
        ),
        "module": (
            x,
            twice,
            ValueError,
            r"once \(Tanh\(\)\) and twice \(Tanh\(\)\); clone",
        ),
        "nested": (x, nested, ValueError, r"two places, outer\.0 and alone"),
        "no input": ([x, once], once, ValueError, r"inputs has once .* of Input\(\)"),
        "repeated": ([x, x], once, ValueError, r"inputs has x \(an input\) twice"),
        "names": (
            x,
            [once, same],
            ValueError,
            r"once \(Tanh\(\)\) and .* have one name",
        ),
        "split": (x, both, ValueError, r"pair \(Identity\(\)\) is split in 2 and in 3"),
        "array": (
            x,
            np.ones(2),
            TypeError,
            "outputs has type ndarray, expected a node",
        ),
        "number": (
            3,
            once,
            TypeError,
            r"inputs has type int, expected .*; Input\(\) mak",
        ),
        "mixed": (x, [once, 3], TypeError, "a table has nodes and other values"),
        "nothing": ([], once, TypeError, "inputs has type list, expected a node"),
    }


@pytest.mark.parametrize("name", errors())
def test_errors_name_the_nodes(name):
    inputs, outputs, error, message = errors()[name]
    with pytest.raises(error, match=message) as caught:
        nn.Graph(inputs, outputs)
    assert "\n" not in str(caught.value)


def test_errors_of_values_name_the_nodes(rng):
    x = nn.Input("x")
    a, b = nn.Identity()(x).named("pair").split(2)
    net = nn.Graph(x, nn.Linear(3, 2, rng=0)(nn.CAddTable()([a, b])))
    with pytest.raises(TypeError, match="node pair, which is split, has shape"):
        net.forward(np.ones(3))
    with pytest.raises(ValueError, match="3 entries, expected 2"):
        net.forward([np.ones(3)] * 3)
    with pytest.raises(ValueError, match=r"expected \(\.\.\., 3\)") as caught:
        net.forward([np.ones((2, 4))] * 2)
    assert caught.value.__notes__ == ["in module 2 of Graph"]
    good = [np.ones((2, 3))] * 2
    net.forward(good)
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(2, 3\), expected \(2, 2\)"
    ):
        net.backward(good, np.ones((2, 3)))
    with pytest.raises(TypeError, match="nodes and other values"):
        nn.CAddTable()([x, np.ones(2)])
    with pytest.raises(TypeError, match=r"split\(n\) makes one"):
        a, b = x
    with pytest.raises(TypeError, match="name is 3, expected a str"):
        x.named(3)


def test_a_table_where_an_array_is_needed_is_noted_by_name():
    x = nn.Input()
    net = nn.Graph(x, nn.Linear(3, 2)(nn.SplitTable(0)(x)).named("last"))
    with pytest.raises(TypeError, match="x is a table of 2") as caught:
        net.forward(np.ones((2, 3)))
    assert caught.value.__notes__ == ["in module last of Graph"]


def test_a_child_that_returns_too_few_gradients_is_named():
    class Sum(nn.Module):
        def forward(self, x):
            return x[0] + x[1]

        def backward(self, x, dC_dy):
            return [dC_dy]

    x = nn.Input()
    net, a = nn.Graph(x, Sum()([x, x])), np.ones(2)
    net.forward(a)
    with pytest.raises(ValueError, match=r"Sum\(\): dC_dx has 1 entries, expected 2"):
        net.backward(a, a)


def test_a_wrong_gradient_of_an_output_with_users_is_refused(rng):
    x = nn.Input()
    h = nn.Linear(3, 2, rng=0)(x)
    net, a = nn.Graph(x, [h, nn.Tanh()(h)]), rng.standard_normal((4, 3))
    net.forward(a)
    with pytest.raises(ValueError, match=r"dC_dy\[0\] has shape \(4, 1\), expected"):
        net.backprop(a, [np.ones((4, 1)), np.ones((4, 2))])  # could be broadcast
    assert not net[0].grad_weight.any()


def test_gradients_are_summed_in_memory_of_the_graphs_own():
    class Echo(nn.Identity):
        def backward(self, x, dC_dy):
            return dC_dy  # the argument itself

    x = nn.Input()
    h = Echo()(x)
    net = nn.Graph(x, [Echo()(h), Echo()(h), h])
    a, dC_dy = np.ones(2), [np.full(2, 1.0), np.full(2, 10.0), np.full(2, 100.0)]
    net.forward(a)
    for _ in range(2):
        np.testing.assert_array_equal(net.backward(a, dC_dy), [111, 111])
    assert [list(part) for part in dC_dy] == [[1, 1], [10, 10], [100, 100]]


def test_criterions_on_nodes(rng):
    x, target = nn.Input("x"), nn.Input("target")
    ways = [
        lambda y: nn.MSECriterion()(y, target),
        lambda y: nn.MSECriterion()([y, target]),
    ]
    a, t = rng.standard_normal((2, 4, 3))
    for way in ways:
        net = nn.Graph([x, target], way(nn.Tanh()(x)))
        np.testing.assert_allclose(net([a, t]), nn.MSECriterion()(np.tanh(a), t))
        dC_dx, zeros = net.backward([a, t], np.ones(1))
        wanted = nn.MSECriterion().backward(np.tanh(a), t) * (1 - np.tanh(a) ** 2)
        np.testing.assert_allclose(dC_dx, wanted)
        assert zeros.shape == t.shape and not zeros.any()
    with pytest.raises(TypeError, match="nodes and other values"):
        nn.MSECriterion()(x, t)


def test_paths_have_names_or_numbers():
    x = nn.Input()
    h = nn.Linear(3, 3, rng=0)(x).named("hidden")
    dotted = nn.Linear(3, 3, rng=1)(h).named("conv.1")
    net = nn.Graph(x, nn.Linear(3, 3, rng=2)(dotted).named("0"))
    paths = [path for path, _, _ in net.named_parameters()]
    assert paths[::2] == ["hidden.weight", "1.weight", "2.weight"]
    assert net["conv.1"].module is net[1] and net["0"].module is net[2]
    assert [type(part).__name__ for part in net.list_modules()[1:]] == ["Linear"] * 3


def test_nodes_in_order():
    x = nn.Input()
    a, b = nn.SplitTable(0)(x).split(2)
    y = nn.CAddTable()([a.named("first"), b]).named("sum")
    net = nn.Graph([x], [y])
    assert [node.label for node in net.nodes] == ["x[0]", "0", "first", "0[1]", "sum"]
    assert [node.entry for node in net.nodes] == [None, None, 0, 1, None]
    assert [node.label for node in net["sum"].parents] == ["first", "0[1]"]
    assert net["0[1]"].parents[0].module is net[0] and net["x[0]"].parents == []
    assert repr(net) == (
        "Graph(\n  x = [x[0]]\n  (0): SplitTable(0) <- x[0]\n  first = 0[0]\n"
        "  (sum): CAddTable() <- [first, 0[1]]\n  y = [sum]\n)"
    )
    y = net.forward([np.eye(2)])
    assert type(y) is list and len(y) == 1
    np.testing.assert_array_equal(net["0[1]"].y, [0, 1])


def test_users_that_lead_nowhere_are_found():
    x = nn.Input()
    h = nn.Tanh()(x)
    nn.Abs()(h)  # nobody has it
    net = nn.Graph(x, h)
    assert net.check_connected() is net
    lost = [nn.Exp()(h).named("lost"), h.split(2)]
    with pytest.raises(
        ValueError, match=r"<node lost: Exp\(\)>, <node \d+: entry 0 of"
    ):
        net.check_connected()
    assert net.clone().check_connected()
    del lost
    net.check_connected()


def test_ten_thousand_nodes():
    x = nn.Input()
    node = x
    for _ in range(10_000):
        node = nn.Identity()(node)
    net, a = nn.Graph(x, node), np.ones(2)
    np.testing.assert_array_equal(net(a), a)
    np.testing.assert_array_equal(net.backward(a, 3 * a), 3 * a)


def test_the_order_in_which_nodes_are_made_changes_no_bit(rng):
    def build(order):
        x = nn.Input()
        makers = [lambda: nn.Tanh()(x), lambda: nn.Sigmoid()(x), lambda: nn.Exp()(x)]
        made = {i: makers[i]() for i in order}
        return nn.Graph(x, nn.CAddTable()([made[i] for i in range(3)]))

    a = rng.standard_normal(1000)
    nets = [build([0, 1, 2]), build([2, 0, 1]), build([1, 2, 0])]
    results = [(net(a), net.backward(a, a).copy()) for net in nets]
    for y, dC_dx in results[1:]:
        np.testing.assert_array_equal(y, results[0][0])
        np.testing.assert_array_equal(dC_dx, results[0][1])


class Offset(nn.Module):
    """y = x + offset, which may be there from some day on."""

    offset = grad_offset = None

    def forward(self, x):
        return x if self.offset is None else x + self.offset

    def backward(self, x, dC_dy):
        return dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        if self.offset is not None:
            self.grad_offset += scale * dC_dy.sum(axis=0)


def test_without_input_gradient_parameters_may_come_and_go(rng):
    x = nn.Input()
    net = nn.Graph(x, nn.Tanh()(nn.Abs()(Offset()(x))))
    a, dC_dy = rng.standard_normal((2, 5, 3))

    def gradients():
        found = []
        for input_grad in (True, False):
            net.zero_grad_params()
            net.forward(a)
            net.backprop(a, dC_dy, input_grad=input_grad)
            found.append([grad.copy() for grad in net.parameters()[1]])
        for one, same in zip(*found, strict=True):
            assert one.any()
            np.testing.assert_array_equal(one, same)
        return len(found[0])

    assert gradients() == 0
    net[0].offset, net[0].grad_offset = np.ones(3), np.zeros(3)
    assert gradients() == 1
    net.replace(lambda m: nn.Linear(3, 3, rng=0) if isinstance(m, nn.Abs) else m)
    net[0].offset = net[0].grad_offset = None
    assert gradients() == 2
