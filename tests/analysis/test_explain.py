"""Records: every number by hand, for modules and networks of all kinds."""

import io
import json
import math
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.rng import get_rng
from nnmods.core.tables import copied
from nnmods.testing.compare import EXACT, SINGLE

norm = np.linalg.norm


def close(got, wanted, rtol=EXACT):
    np.testing.assert_allclose(got, wanted, rtol)


def by_path(told):
    return {record["path"]: record for record in told.records}


def test_records_of_a_small_net_by_hand(rng):
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Linear(3, 2, rng=1))
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 2))
    told = nn.explain(net, x, dC_dy)
    W, b, V = net[0].weight, net[0].bias, net[2].weight
    h = x @ W.T + b
    y = np.maximum(h, 0)
    dC_dr = dC_dy @ V
    dC_dh = dC_dr * (h >= 0)
    first, relu, last = told.records
    assert [r["path"] for r in told.records] == ["0", "1", "2"]
    assert [r["class"] for r in told.records] == ["Linear", "ReLU", "Linear"]
    assert first["repr"] == "Linear(4 -> 3)" and first["calls"] == 1
    assert (first["x_shape"], first["y_shape"]) == ((5, 4), (5, 3))
    assert first["jacobian"] == [15, 20] and relu["jacobian"] == [15, 15]
    assert [r["parameters"] for r in told.records] == [15, 0, 8]
    close([first["x_norm"], first["y_norm"]], [norm(x), norm(h)])
    close(first["x_range"], [x.min(), x.max()])
    close([first["dC_dy_norm"], first["dC_dx_norm"]], [norm(dC_dh), norm(dC_dh @ W)])
    close(first["ratio"], norm(dC_dh @ W) / norm(dC_dh))
    close(first["singular_value"], norm(W, 2))
    close(last["singular_value"], norm(V, 2))
    close(first["parameter_norm"], math.hypot(norm(W), norm(b)))
    grads = norm(dC_dh.T @ x), norm(dC_dh.sum(axis=0))
    close(first["gradient_norm"], math.hypot(*grads))
    close(relu["zero"], (y == 0).mean())
    close(relu["dead"], (y == 0).all(axis=0).mean())
    assert relu["saturated"] == 0 and relu["singular_value"] == 1
    assert relu["parameter_norm"] is relu["gradient_norm"] is None
    assert first["saturated"] is first["dead"] is None
    assert [r["finite"] for r in told.records] == [None] * 3
    assert told.whole["jacobian"] == [10, 20] and told.whole["parameters"] == 23
    close(told.whole["ratio"], norm(dC_dh @ W) / norm(dC_dy))


def test_large_jacobians_have_the_singular_value_of_their_blocks(rng):
    linear = nn.Linear(70, 80, rng=0)
    x = rng.standard_normal((90, 70))
    (record,) = nn.explain(linear, x).records
    close(record["singular_value"], norm(linear.weight, 2), SINGLE)
    (record,) = nn.explain(linear.float(), x.astype("f")).records
    close(record["singular_value"], norm(linear.weight, 2), SINGLE)


def test_singular_values_are_left_out_where_they_take_too_long(rng):
    linear, x = nn.Linear(300, 200, rng=0), rng.standard_normal((100, 300))
    assert nn.explain(linear, x).records[0]["singular_value"] is None
    told = nn.explain(linear, x, singular_values=True)
    close(told.records[0]["singular_value"], norm(linear.weight, 2), SINGLE)
    tanh = nn.explain(nn.Tanh(), x, singular_values=False).records[0]
    assert tanh["singular_value"] is None
    assert tanh["saturated"] == (1 - np.tanh(x) ** 2 < 0.01).mean() > 0


def test_slopes_tell_saturated_and_dead_units():
    x = np.array([[-9.0, 0.0, -1.0], [5.0, 0.1, -2.0]])
    (tanh,) = nn.explain(nn.Tanh(), x).records
    assert tanh["saturated"] == 2 / 6 and tanh["dead"] == 0 and tanh["zero"] == 1 / 6
    close(tanh["singular_value"], 1)
    (relu,) = nn.explain(nn.ReLU(), x).records
    assert relu["saturated"] == 0 and relu["dead"] == 1 / 3 and relu["zero"] == 4 / 6
    for few in (x[0], x[:1]):
        assert nn.explain(nn.ReLU(), few).records[0]["dead"] is None


def test_norms_are_right_beyond_the_range_of_squares():
    (record,) = nn.explain(nn.MulConstant(1e-100), np.full((2, 2), 3e-200)).records
    close(record["x_norm"], 6e-200)
    close(record["y_norm"], 6e-300)
    (record,) = nn.explain(nn.Identity(), np.full((2, 2), 3e200)).records
    close(record["x_norm"], 6e200)


class Gain(nn.Module):
    """A user's module: three verbs, no jvp, no results kept."""

    def __init__(self, n):
        self.gain, self.grad_gain = np.arange(1.0, n + 1), np.zeros(n)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).sum(axis=0)


@pytest.mark.parametrize("rows, known", [(20, 3), (22, None)])
def test_a_users_module_has_a_singular_value_where_it_is_small(rows, known, rng):
    told = nn.explain(Gain(3), rng.standard_normal((rows, 3)))
    (record,) = told.records
    assert record["singular_value"] == known
    assert record["parameters"] == 3 and told.culprit is None


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


def random_net():
    return nn.Sequential(
        nn.Linear(4, 6, rng=0),
        nn.BatchNormalization(6, rng=0),
        nn.Dropout(0.5, rng=3),
        nn.WhiteNoise(0.1),
        nn.RReLU(),
        nn.Linear(6, 2, rng=1),
    )


def test_the_net_is_left_as_it_was(rng):
    net, x = random_net(), rng.standard_normal((5, 4))
    dC_dy = net.forward(x).copy()
    net.backprop(x, dC_dy)
    before = pickle.dumps(net), get_rng().bit_generator.state
    y, dC_dx = net.y, net.dC_dx
    values, given = copied([y, dC_dx]), copied([x, dC_dy])
    first = nn.explain(net, x, dC_dy)
    assert (pickle.dumps(net), get_rng().bit_generator.state) == before
    assert net.y is y and net.dC_dx is dC_dx
    np.testing.assert_array_equal([y], values[:1])
    np.testing.assert_array_equal([dC_dx], values[1:])
    np.testing.assert_array_equal(x, given[0])
    np.testing.assert_array_equal(dC_dy, given[1])
    net.acc_grad_params(x, dC_dy)  # its last sweep is still in force
    assert nn.explain(net, x, dC_dy).records == first.records


def test_torch7s_generator_is_left_as_it_was(rng):
    generator = nn.manual_seed(nn.Torch7Generator(1))
    generator.standard_normal(3)  # one of a pair is waiting
    twin = pickle.loads(pickle.dumps(generator))
    nn.explain(nn.WhiteNoise(), rng.standard_normal((3, 3)))
    np.testing.assert_array_equal(generator.standard_normal(4), twin.standard_normal(4))


def test_modes_are_those_of_the_net(rng):
    net, x = nn.Sequential(nn.Dropout(0.5, rng=0)), rng.standard_normal((5, 4))
    assert nn.explain(net, x).records[0]["zero"] > 0
    assert nn.explain(net.evaluate(), x).records[0]["zero"] == 0


def test_batch_normalisation_in_training_takes_the_batch_into_account(rng):
    net, x = nn.BatchNormalization(3, affine=False), rng.standard_normal((4, 3))
    (record,) = nn.explain(net, x).records
    x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
    n = len(x)
    blocks = [
        (np.eye(n) - 1 / n - np.outer(c, c) / n) / s
        for c, s in zip(x_hat.T, np.sqrt(x.var(axis=0) + net.eps), strict=True)
    ]
    close(record["singular_value"], max(norm(b, 2) for b in blocks), SINGLE)
    assert not net.running_mean.any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_single_samples_and_dtypes(dtype, rng):
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU()).astype(dtype)
    told = nn.explain(net, rng.standard_normal(4).astype(dtype))
    assert told.records[0]["x_shape"] == (4,) and told.records[1]["dead"] is None
    close(told.records[0]["singular_value"], norm(net[0].weight, 2), SINGLE)
    json.dumps(told.records)


def test_an_empty_batch():
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU())
    told = nn.explain(net, np.empty((0, 4)))
    assert told.verdict == "y is empty: there is no gradient to judge"
    first, relu = told.records
    assert first["jacobian"] == [0, 0] and first["ratio"] is None
    assert first["x_norm"] == 0 and first["x_range"] is None
    assert relu["zero"] is relu["dead"] is relu["singular_value"] is None
    assert "0x4" in told.text


def test_none_takes_the_same_normal_numbers_each_time(rng):
    net, x = nn.Sequential(nn.Linear(4, 3, rng=0)), rng.standard_normal((5, 4))
    drawn = np.random.default_rng(0).standard_normal((5, 3))
    assert nn.explain(net, x).records == nn.explain(net, x, drawn).records


def test_gradients_may_be_whole_numbers(rng):
    net, x = nn.Linear(4, 3, rng=0), rng.standard_normal((5, 4))
    ones = np.ones((5, 3))
    told = nn.explain(net, x, ones.astype(int))
    assert told.records == nn.explain(net, x, ones).records


def test_what_a_module_prints_is_not_printed_by_products(capsys):
    nn.explain(nn.PrintSize(), np.ones((2, 3)))
    assert capsys.readouterr().out.count("PrintSize") == 2


def test_a_backward_that_is_no_transpose_has_no_singular_value(rng):
    class Wrong(nn.Linear):
        def backward(self, x, dC_dy):
            return super().backward(x, dC_dy) * 2

    assert nn.explain(Wrong(4, 4), np.ones((2, 4))).records[0]["singular_value"] is None


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_at_a_terminal_once_it_takes_long(monkeypatch, rng):
    pytest.importorskip("tqdm")
    net, x = nn.Sequential(nn.Tanh(), nn.Tanh()), rng.standard_normal((2, 3))
    shown = []
    for delay, stream in ((0, Terminal()), (0, io.StringIO()), (1e9, Terminal())):
        monkeypatch.setattr("nnmods.analysis.progress.DELAY", delay)
        monkeypatch.setattr("sys.stderr", stream)
        nn.explain(net, x)
        shown.append("modules" in stream.getvalue())
    assert shown == [True, False, False]


def test_without_tqdm_there_is_no_bar(monkeypatch, rng):
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    assert nn.explain(nn.Tanh(), rng.standard_normal((2, 3))).culprit is None


def test_arguments_are_refused_in_one_line(rng):
    net, x = nn.Sequential(nn.Linear(4, 3, rng=0)), rng.standard_normal((5, 4))
    with pytest.raises(
        TypeError, match="^explain: net has type int, expected a Module$"
    ):
        nn.explain(3, x)
    with pytest.raises(ValueError, match=r"^Linear\(4 -> 3\): x has shape") as caught:
        nn.explain(net, x[:, :2])
    assert caught.value.__notes__ == ["in module 0 of Sequential"]
    wanted = r"^explain: dC_dy has shape \(5, 2\), expected \(5, 3\)$"
    with pytest.raises(ValueError, match=wanted):
        nn.explain(net, x, np.ones((5, 2)))
    with pytest.raises(TypeError, match="^explain: dC_dy is a table of 1, expected"):
        nn.explain(net, x, [np.ones((5, 3))])
    assert net.y is None


@pytest.mark.parametrize("rows", [(20, 22), (22, 20)])
def test_the_largest_of_all_calls_is_known_only_if_each_is(rows, rng):
    x = [rng.standard_normal((n, 3)) for n in rows]
    (record,) = nn.explain(nn.MapTable(Gain(3)), x).records
    assert record["calls"] == 2 and record["singular_value"] is None


def test_a_recurrent_step_has_no_singular_value_even_alone(rng):
    """Its backward brings what came from the next step too."""
    told = nn.explain(nn.FastLSTM(4, 3, rng=0), rng.standard_normal((5, 4)))
    assert told.records[0]["singular_value"] is None
    assert told.records[0]["ratio"] > 0


def test_overflowing_slopes_have_no_singular_value():
    (record,) = nn.explain(nn.Exp(), np.array([[800.0, 1.0]])).records
    assert record["singular_value"] is record["saturated"] is None
    net = nn.Linear(2, 2, rng=0)
    net.weight[0, 0] = np.nan
    assert nn.explain(net, np.ones((3, 2))).records[0]["singular_value"] is None


@pytest.mark.parametrize("module", [nn.GradientReversal(), nn.L1Penalty(0.1)])
def test_a_backward_that_is_meant_to_be_another_has_no_singular_value(module, rng):
    (record,) = nn.explain(module, rng.standard_normal((5, 4))).records
    assert record["singular_value"] is None and record["ratio"] > 0
