"""Records of modules in containers, branches, recurrences and graphs, by hand."""

import math

import numpy as np

import nnmods as nn
from nnmods.testing.compare import EXACT

norm = np.linalg.norm


def close(got, wanted, rtol=EXACT):
    np.testing.assert_allclose(got, wanted, rtol)


def by_path(told):
    return {record["path"]: record for record in told.records}


class Blocks(nn.Module):
    """A user's container, with a list of modules and a parameter of its own."""

    def __init__(self, scale=1.0):
        super().__init__()
        self.blocks = [nn.Tanh(), nn.Linear(3, 3, rng=0), nn.Abs()]
        self.scale, self.grad_scale = np.array([scale]), np.zeros(1)

    def forward(self, x):
        self.h = self.blocks[0].forward(x)
        return self.scale * self.blocks[1].forward(self.h)

    def backward(self, x, dC_dy):
        self.back = self.scale * dC_dy
        return self.blocks[0].backward(x, self.blocks[1].backward(self.h, self.back))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_scale += scale * np.vdot(self.blocks[1].y, dC_dy)
        self.blocks[1].acc_grad_params(self.h, self.back, scale)


def test_a_container_with_parameters_has_a_record_after_its_children(rng):
    told = nn.explain(nn.Sequential(Blocks()), rng.standard_normal((5, 3)))
    paths = ["0.blocks.0", "0.blocks.1", "0.blocks.2", "0"]
    assert [record["path"] for record in told.records] == paths
    unused, own = told.records[2:]
    assert unused["calls"] == 0 and unused["class"] == "Abs"
    assert own["parameters"] == 1 and told.whole["parameters"] == 13


def test_weight_norm_shows_length_and_direction(rng):
    net = nn.WeightNorm(nn.Linear(4, 3, rng=0), rng=1)
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    told = nn.explain(net, x, dC_dy)
    inner, own = told.records
    other = net.clone().zero_grad_params()
    other.forward(x)
    other.backprop(x, dC_dy)
    assert inner["path"] == "0" and inner["parameters"] == 3
    assert own["path"] == "" and own["parameters"] == 15
    close(own["gradient_norm"], math.hypot(norm(other.grad_v), norm(other.grad_g)))
    close(inner["gradient_norm"], norm(other[0].grad_bias))
    close(own["singular_value"], norm(other[0].weight, 2))


def test_calls_of_stand_ins_are_added_up(rng):
    net = nn.MapTable(nn.Linear(4, 3, rng=0))
    x = [rng.standard_normal((n, 4)) for n in (5, 2)]
    dC_dy = [rng.standard_normal((n, 3)) for n in (5, 2)]
    (record,) = nn.explain(net, x, dC_dy).records
    W = net[0].weight
    assert record["calls"] == 2 and record["jacobian"] == [21, 28]
    assert record["x_shape"] == (5, 4) and record["parameters"] == 15
    close(record["x_norm"], norm(np.concatenate(x)))
    close(record["dC_dx_norm"], norm(np.concatenate(dC_dy) @ W))
    close(record["singular_value"], norm(W, 2))
    grad = sum(d.T @ a for d, a in zip(dC_dy, x, strict=True))
    bias = np.concatenate(dC_dy).sum(axis=0)
    close(record["gradient_norm"], math.hypot(norm(grad), norm(bias)))


def test_steps_of_a_recurrence_get_the_gradient_of_later_ones(rng):
    net = nn.Sequential(
        nn.Sequencer(nn.Sequential(nn.FastLSTM(4, 3, rng=0), nn.Linear(3, 2, rng=1)))
    )
    x = rng.standard_normal((6, 5, 4))
    dC_dy = rng.standard_normal((6, 5, 2))
    told = nn.explain(net, x, dC_dy)
    lstm, linear = told.records
    assert lstm["path"] == "0.0.0" and lstm["calls"] == linear["calls"] == 6
    assert lstm["singular_value"] is None
    close(linear["singular_value"], norm(net[0][0][1].weight, 2))
    close(linear["dC_dy_norm"], norm(dC_dy))
    other = net.clone().zero_grad_params()
    other.forward(x)
    close(lstm["dC_dx_norm"], norm(other.backprop(x, dC_dy)))


def test_branches_joined_or_in_a_table(rng):
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 5))
    net = nn.Concat(1, nn.Linear(4, 3, rng=0), nn.Linear(4, 2, rng=1))
    left, right = nn.explain(net, x, dC_dy).records
    close(left["dC_dy_norm"], norm(dC_dy[:, :3]))
    close(right["dC_dx_norm"], norm(dC_dy[:, 3:] @ net[1].weight))
    net = nn.Sequential(nn.ConcatTable(nn.Identity(), nn.Tanh()), nn.CAddTable())
    told = nn.explain(net, x)
    assert [r["path"] for r in told.records] == ["0.0", "0.1", "1"]
    added = told.records[-1]
    assert added["x_shape"] == [(5, 4), (5, 4)] and added["jacobian"] == [20, 40]
    close([added["singular_value"], added["ratio"]], [2**0.5, 2**0.5])


def graph_with_cost():
    x, target = nn.Input("x"), nn.Input("target")
    inner_x = nn.Input()
    inner = nn.Graph(inner_x, nn.Tanh()(nn.Linear(4, 3, rng=0)(inner_x)))
    y = inner(x).named("inner")
    return nn.Graph([x, target], nn.MSECriterion()(y, target).named("cost"))


def test_a_nested_graph_with_a_criterion_as_a_node(rng):
    x, target = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    told = nn.explain(graph_with_cost(), [x, target], np.array(1.0))
    assert [r["path"] for r in told.records] == ["inner.0", "inner.1", "cost"]
    cost = told.records[-1]
    assert cost["class"] == "CriterionTable" and "MSECriterion" in cost["repr"]
    assert cost["y_shape"] == () and cost["jacobian"] == [1, 30]
    y = graph_with_cost()["inner"].module.forward(x)
    close(cost["dC_dx_norm"], norm(2 * (y - target) / y.size))
    assert told.culprit is None and told.verdict.startswith("no module stops")


def test_labels_are_no_part_of_a_jacobian(rng):
    scores, labels = nn.Input(), nn.Input()
    net = nn.Graph([scores, labels], nn.CrossEntropyCriterion()(scores, labels))
    x = [rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])]
    (record,) = nn.explain(net, x, np.array(1.0)).records
    assert record["jacobian"] == [1, 20]
    close(record["singular_value"], record["dC_dx_norm"])


def test_modules_that_are_not_called_have_a_place_and_no_numbers(rng):
    recurrent = nn.Recurrent(
        nn.CAdd(3, rng=0), nn.Linear(4, 3, rng=1), nn.Linear(3, 3, rng=2), nn.Tanh()
    )
    told = nn.explain(recurrent, rng.standard_normal((5, 4)))
    calls = {record["path"]: record["calls"] for record in told.records}
    assert calls == {"0": 1, "1": 1, "2": 0, "3": 1}
    unused = by_path(told)["2"]
    kept = {"path": "2", "class": "Linear", "repr": "Linear(3 -> 3)", "calls": 0}
    assert unused == dict.fromkeys(told.records[0]) | kept
    told = nn.explain(nn.Sequencer(recurrent), np.ones((2, 5, 4)))
    calls = {record["path"]: record["calls"] for record in told.records}
    assert calls == {"0.0": 1, "0.1": 2, "0.2": 1, "0.3": 2}
