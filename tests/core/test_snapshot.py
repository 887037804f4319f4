"""A snapshot that is put back leads to the same bits, whatever the network."""

import copy

import numpy as np
import pytest
from cases.params import CASES

import nnmods as nn
from nnmods.core.lasting import is_data
from nnmods.core.leaves import leaves
from nnmods.core.snapshot import restore, snapshot
from nnmods.core.tables import map_table


def trained(net, x, steps):
    """Return what some steps of a training give: all results, and the weights."""
    seen = []
    for seed in range(steps):
        rng = np.random.default_rng(seed)
        y = net.forward(x)
        dC_dy = map_table(lambda a, r=rng: r.standard_normal(a.shape), y)
        seen += [*leaves(copy.deepcopy(y))]
        net.zero_grad_params()
        net.backprop(x, dC_dy)
        net.update_params(1e-3)
    return seen + [p.copy() for p in net.parameters()[0]]


@pytest.mark.parametrize("case", CASES)
def test_going_on_gives_the_same_bits(case):
    """Of a network trained, and of one built anew that takes over its snapshot."""
    nn.manual_seed(0)
    net = case.make()
    x = case.inputs(np.random.default_rng(1))
    trained(net, x, 2)
    saved, rng = snapshot(net), copy.deepcopy(nn.core.get_rng())
    assert is_data(saved)
    wanted = trained(net, x, 2)
    other = case.make()
    other.flatten_parameters()
    restore(saved, other)
    nn.manual_seed(rng)
    for got, want in zip(trained(other, x, 2), wanted, strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.SeqLSTM(3, 4, rng=0).remember(),
        lambda: nn.Sequencer(nn.LSTM(3, 4, rng=0)).remember(),
        lambda: nn.Sequential(nn.LSTM(3, 4, rng=0), nn.Linear(4, 2, rng=1)),
    ],
    ids=["SeqLSTM", "Sequencer", "step"],
)
def test_what_is_remembered_goes_on(make):
    net, x = make(), np.random.default_rng(0).standard_normal((5, 2, 3))
    x = x[0] if isinstance(net, nn.Sequential) else x
    trained(net, x, 2)
    saved = snapshot(net)
    wanted = trained(net, x, 2)
    other = make()
    restore(saved, other)
    for got, want in zip(trained(other, x, 2), wanted, strict=True):
        np.testing.assert_array_equal(got, want)
    restore(saved, other)
    np.testing.assert_array_equal(trained(other, x, 1)[0], wanted[0])
    fresh = make()
    assert not np.array_equal(trained(fresh, x, 1)[0], wanted[0])


def test_views_stay_views_of_the_flat_vector():
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Linear(4, 2, rng=1))
    w, _ = net.flatten_parameters()
    saved, before = snapshot(net), w.copy()
    w[...] = 0
    restore(saved, net)
    np.testing.assert_array_equal(w, before)
    assert not any("grad_weight" in entry["state"] for entry in saved)
    assert net.flatten_parameters()[0] is w


def test_criterions_and_torch7s_generators_are_a_part_of_it():
    rng = nn.Torch7Generator(3)
    rng.standard_normal(1)  # the second of the pair is waiting
    net, cost = nn.Dropout(rng=rng), nn.MultiCriterion()
    cost.add(nn.MSECriterion(), 0.25)
    saved = snapshot(net, cost)
    wanted = rng.standard_normal(3)
    cost.weights[0] = 7.0
    restore(saved, net, cost)
    np.testing.assert_array_equal(rng.standard_normal(3), wanted)
    assert cost.weights[0] == 0.25


@pytest.mark.parametrize(
    "other, message",
    [
        (
            nn.Sequential(nn.Linear(3, 2), nn.Tanh()),
            "expected Sequential, Linear, Tanh",
        ),
        (nn.Sequential(nn.Linear(3, 4), nn.ReLU()), r"weight has shape \(4, 3\)"),
        (nn.Sequential(nn.Linear(3, 2), nn.ReLU()).float(), "of float32, but"),
    ],
)
def test_refusals_change_nothing(other, message):
    saved = snapshot(nn.Sequential(nn.Linear(3, 2), nn.ReLU()))
    before = other.flatten_parameters()[0].copy()
    with pytest.raises(ValueError, match=message):
        restore(saved, other)
    np.testing.assert_array_equal(other.flatten_parameters()[0], before)


class Restless(nn.Module):
    """Two generators in a list, one that is made late, and values that grow."""

    def __init__(self):
        self.rngs = [np.random.default_rng(1), {"a": np.random.default_rng(2)}]
        self.late, self.steps, self.seen = None, [], {}

    def forward(self, x):
        self.late = self.late or np.random.default_rng(3)
        self.steps.append(np.ones(2))
        self.seen[str(len(self.steps))] = len(self.steps)
        rngs = self.rngs[0], self.rngs[1]["a"], self.late
        return x + sum(rng.standard_normal() for rng in rngs) + len(self.seen)


def test_generators_in_lists_late_ones_and_growing_values_go_on():
    net, other, x = Restless(), Restless(), np.zeros(1)
    net.forward(x)
    saved = snapshot(net)
    first, steps = other.rngs[0], other.steps
    restore(saved, other)
    assert other.rngs[0] is first and other.steps is steps
    wanted = [net.forward(x).copy() for _ in range(3)]
    np.testing.assert_array_equal([other.forward(x) for _ in range(3)], wanted)
    restore(saved, net)
    np.testing.assert_array_equal([net.forward(x) for _ in range(3)], wanted)
    assert len(net.steps) == 4


class Turns:
    """Choose the modules in turn."""

    t = 0

    def __call__(self, x):
        self.t += 1
        return self.t % 2

    def state_dict(self):
        return {"t": self.t}

    def load_state_dict(self, state):
        self.t = state["t"]


def test_an_object_with_a_state_goes_on():
    def make():
        return nn.Switch(Turns(), [nn.MulConstant(2.0), nn.MulConstant(3.0)])

    net, other, x = make(), make(), np.ones((1, 1))
    assert net(x) == 3.0
    restore(snapshot(net), other)
    assert net(x) == other(x) == 2.0


def test_a_generator_of_another_kind_changes_nothing():
    def make(rng):
        return nn.Sequential(nn.Linear(2, 2), nn.Dropout(rng=rng))

    other = make(np.random.default_rng(0))
    before = snapshot(other)
    with pytest.raises(ValueError, match="has the state of a Torch7Generator, expec"):
        restore(snapshot(make(nn.Torch7Generator(3))), other)
    np.testing.assert_equal(snapshot(other), before)
