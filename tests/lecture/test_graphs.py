"""The lecture's graphs: statements 3, 4, 5 and 17."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import nnmods as nn
from nnmods.containers.graph_plan import Plan
from nnmods.core.tables import copied


class Diamonds:
    """A graph in which values go several ways and meet again."""

    def __init__(self):
        x, z = nn.Input("x"), nn.Input("z")
        left = nn.Linear(3, 4, rng=0)(x).named("left")
        right = nn.Linear(2, 4, rng=1)(z).named("right")
        product = nn.CMulTable()([left, nn.Tanh()(right), left])
        bent = nn.Sigmoid()(product)
        total = nn.CAddTable()([left, bent, nn.Linear(4, 4, rng=2)(bent), right])
        self.net = nn.Graph([x, z], [nn.Tanh()(total), nn.Abs()(product)])

    def with_order(self, order):
        """Return a copy of the graph that goes through its nodes in another order."""
        net = self.net.clone()
        net.plan = Plan(net.wiring, order)
        return net


def orders(parents):
    """Yield all topological orders of a graph."""

    def extend(order):
        if len(order) == len(parents):
            yield list(order)
        for k in range(len(parents)):
            if k not in order and set(parents[k]) <= set(order):
                yield from extend([*order, k])

    yield from extend([])


def sweep(net, x, dC_dy):
    """Return y, dC_dx and all parameter gradients of one step."""
    net.zero_grad_params()
    y = copied(net.forward(x))
    dC_dx = copied(net.backprop(x, dC_dy))
    return [*y, *dC_dx, *copied(net.parameters()[1])]


class G(nn.Module):
    """The lecture's ybar = G(x, w), here w x."""

    def forward(self, x):
        x, w = x
        return w @ x

    def backward(self, x, dC_dy):
        x, w = x
        return [dC_dy @ w, np.outer(dC_dy, x)]


@pytest.fixture
def example():
    """Return C(y, G(x, w)) as a graph, and values of x, w and y."""
    rng = np.random.default_rng(0)
    x, w, y = nn.Input("x"), nn.Input("w"), nn.Input("y")
    cost = nn.MSECriterion()([G()([x, w]).named("ybar"), y]).named("C")
    values = [rng.standard_normal(shape) for shape in (3, (2, 3), 2)]
    return nn.Graph([x, w, y], cost), values


def halves(svg):
    """Return the texts of both halves of a picture, each with its place."""
    found = []
    for group in ElementTree.fromstring(svg).iterfind("{*}g"):
        texts = group.iter("{http://www.w3.org/2000/svg}text")
        found.append({t.text: (float(t.get("x")), float(t.get("y"))) for t in texts})
    return found


def test_lecture_03_the_gradient_graph_has_every_edge_reversed(example):
    lines = nn.draw(*example).dot.splitlines()
    middle = lines.index('  subgraph "cluster_gradient" {')
    forward, gradient = lines[:middle], lines[middle:]
    edges = [
        [line.split("[")[0].strip(" ;") for line in half if "->" in line]
        for half in (forward, gradient)
    ]
    assert edges[0] == ["f0 -> f3", "f1 -> f3", "f3 -> f4", "f2 -> f4", "f4 -> f5"]
    assert [edge.replace("g", "f") for edge in edges[1]] == edges[0]
    assert "    edge [dir=back];" in gradient  # all of them
    named = {line.split(" [")[0].strip(): line for line in lines if "[label" in line}
    nodes = zip(
        "xwyC", ("dC/dx", "dC/dw", "dC/dy", "1"), ("0", "1", "2", "5"), strict=True
    )
    for value, grad, number in nodes:
        assert f'"{value}"' in named[f"f{number}"]
        assert f'"{grad}"' in named[f"g{number}"]


def test_lecture_03_a_1_is_at_the_top_and_the_gradients_below(example):
    forward, gradient = halves(nn.draw(*example).svg)
    modules = ["(C) MSECriterion()", "(ybar) G()"]
    for half, column in (
        (forward, ["C", *modules, "x"]),
        (gradient, ["1", *modules, "dC/dx"]),
    ):
        heights = [half[text][1] for text in column]  # counted from the top
        assert heights == sorted(heights) and len(set(heights)) == 4
    for value, grad in (("C", "1"), ("x", "dC/dx"), ("w", "dC/dw"), ("y", "dC/dy")):
        assert forward[value] == gradient[grad]


def test_lecture_03_the_product_along_it_is_the_gradient(example):
    net, (x, w, y) = example
    net.forward([x, w, y])
    _, dC_dw, _ = net.backward([x, w, y], np.ones(()))  # the 1 at the top
    dC_dybar = net["ybar"].dC_dy
    dG_dw = np.kron(np.eye(2), x)  # M x N
    np.testing.assert_allclose(dC_dybar, 2 / 2 * (w @ x - y))
    np.testing.assert_allclose(dC_dw.ravel(), 1 * dC_dybar @ dG_dw)


def by_length(x):
    return "long" if x.shape[-1] > 3 else "short"


def steps_of_each(x):
    return (x > 0).sum(axis=1)


class BySign:
    """A batch whose examples go through two modules, by the sign of a number."""

    def __init__(self):
        self.modules = [nn.Linear(3, 3, rng=0), nn.Linear(3, 3, rng=1)]
        self.net = nn.Switch(self.choose, self.modules, per_example=True)

    @staticmethod
    def choose(x):
        return x[:, 0] > 0


@pytest.mark.parametrize("length", [3, 5])
def test_lecture_04_a_module_is_chosen_by_the_length_of_its_input(length):
    rng = np.random.default_rng(0)
    modules = {"short": nn.Linear(3, 2, rng=0), "long": nn.Linear(5, 2, rng=1)}
    net = nn.Sequential(nn.Tanh(), nn.Switch(by_length, modules), nn.Tanh())
    x = rng.standard_normal((4, length))
    nn.testing.check_module(net, x)  # by differences, all parameters included
    net.backprop(x, np.ones_like(net.forward(x)))
    chosen = "long" if length > 3 else "short"
    assert net[1].choice == chosen
    for key, module in modules.items():
        for grad in module.parameters()[1]:
            assert grad.any() if key == chosen else not grad.any()


def test_lecture_04_each_example_has_its_branch():
    rng = np.random.default_rng(0)
    graph, x = BySign(), rng.standard_normal((7, 3))
    net, dC_dy = graph.net, rng.standard_normal((7, 3))
    nn.testing.check_module(net, x, single=False)
    y, dC_dx = net(x), net.backward(x, dC_dy)
    for i, k in enumerate(x[:, 0] > 0):
        module = graph.modules[int(k)]
        np.testing.assert_allclose(y[i], module.forward(x[i]))
        np.testing.assert_allclose(dC_dx[i], module.backward(x[i], dC_dy[i]))
    others = np.abs(x) * [-1, 1, 1]  # of them all, none goes to the second module
    net.zero_grad_params().forward(others)
    net.backprop(others, dC_dy)
    assert graph.modules[0].grad_weight.any()
    assert not graph.modules[1].grad_weight.any()
    assert not graph.modules[1].grad_bias.any()


def test_lecture_04_a_loop_runs_as_often_as_each_example_wants():
    rng = np.random.default_rng(0)
    body = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())
    net = nn.Repeat(body, steps_of_each, per_example=True)
    x, dC_dy = rng.standard_normal((2, 20, 3))
    assert set(steps_of_each(x).tolist()) == {0, 1, 2, 3}
    nn.testing.check_module(net, x, single=False)
    net.zero_grad_params().forward(x)
    net.backprop(x, dC_dy)
    grads = copied(net.parameters()[1])
    net.zero_grad_params()
    for x_i, dC_dy_i, n in zip(x, dC_dy, steps_of_each(x), strict=True):
        unrolled = nn.Sequential(*(body.clone(share=True) for _ in range(n)))
        unrolled.forward(x_i)
        unrolled.backprop(x_i, dC_dy_i)  # all of them add to one gradient
    for got, wanted in zip(grads, net.parameters()[1], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10)


def test_lecture_05_a_graph_with_a_partial_order_matches_differences():
    rng = np.random.default_rng(0)
    x = [rng.standard_normal((5, 3)), rng.standard_normal((5, 2))]
    nn.testing.check_module(Diamonds().net, x)


def test_lecture_05_every_topological_order_gives_the_identical_gradient():
    rng = np.random.default_rng(0)
    graph = Diamonds()
    x = [rng.standard_normal((5, 3)), rng.standard_normal((5, 2))]
    dC_dy = [rng.standard_normal((5, 4)), rng.standard_normal((5, 4))]
    first = sweep(graph.net, x, dC_dy)
    found = list(orders(graph.net.plan.parents))
    assert len(found) == 50
    for order in found:
        for one, same in zip(
            first, sweep(graph.with_order(order), x, dC_dy), strict=True
        ):
            np.testing.assert_array_equal(one, same)


def test_lecture_05_a_cycle_is_refused_with_its_nodes_named():
    modules = [nn.CAddTable(), nn.Tanh()]
    nodes = [
        [None, None, None, "x"],
        [0, [0, 2], None, "sum"],
        [1, 1, None, "bent"],
    ]
    with pytest.raises(ValueError, match=r"cycle, sum \(CAddTable\(\)\) <- bent \(Tan"):
        nn.Graph.from_wiring(modules, {"nodes": nodes, "inputs": 0, "outputs": 2})


def test_lecture_05_unreachable_nodes_are_reported():
    x, unused = nn.Input("x"), nn.Input("unused")
    hidden = nn.Tanh()(x)
    with pytest.raises(ValueError, match="unused .an input. leads to no output"):
        nn.Graph([x, unused], hidden)
    lost = nn.Sigmoid()(hidden).named("lost")
    with pytest.raises(ValueError, match="lost.* lead to no output"):
        nn.Graph(x, nn.Abs()(hidden)).check_connected()
    assert lost.parents() == [hidden]


def of_50_layers(activation, initialise, seed):
    """Return what `explain` says of 50 layers of 128 units, and what it finds left.

    That is |dC_dx| of each Linear, from the first on, as a share of the net's |dC_dy|.
    """
    layers = [part for _ in range(50) for part in (nn.Linear(128, 128), activation())]
    net = initialise(nn.Sequential(*layers), rng=seed)
    x = np.random.default_rng(seed).standard_normal((32, 128))
    told = nn.explain(net, x, singular_values=False)
    norms = np.array([record["dC_dx_norm"] for record in told.records[::2]])
    return told, norms / told.whole["dC_dy_norm"]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lecture_17_explain_sees_that_deep_relu_nets_keep_the_gradient(seed):
    told, left = of_50_layers(nn.ReLU, nn.training.kaiming, seed)
    assert left.max() < 2 and left.min() > 1 / 2  # a factor of 2, at every depth
    assert told.culprit is None
    assert told.verdict.startswith("no module stops the gradient")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lecture_17_explain_names_the_sigmoids_that_let_the_gradient_decay(seed):
    told, left = of_50_layers(nn.Sigmoid, nn.training.xavier, seed)
    depth = np.arange(50)
    slope, start = np.polyfit(depth, np.log(left), 1)
    off_the_line = np.log(left) - (slope * depth + start)
    assert 1 - off_the_line.var() / np.log(left).var() > 0.999  # R^2: geometric decay
    ratios = {"Sigmoid": [], "Linear": []}
    for record in told.records:
        ratios[record["class"]].append(record["ratio"])
    means = {name: np.exp(np.mean(np.log(found))) for name, found in ratios.items()}
    assert max(ratios["Sigmoid"]) <= 1 / 4  # its largest slope
    assert 0.9 < means["Linear"] < 1.1
    rate = means["Sigmoid"] * means["Linear"]  # of a layer, on the way back
    assert abs(np.exp(-slope) / rate - 1) < 0.02
    assert type(told.culprit) is str and int(told.culprit) % 2 == 1  # a Sigmoid
    assert told.verdict.startswith("the gradient vanishes: at 0 (Linear) ")
    assert "of 50 Sigmoid, " in told.verdict
