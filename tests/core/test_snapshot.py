"""A snapshot that is put back leads to the same bits, whatever the network."""

import copy

import numpy as np
import pytest
from cases import MODULES

import nnmods as nn
from nnmods.core.leaves import leaves
from nnmods.core.snapshot import is_data, restore, snapshot
from nnmods.core.tables import map_table

CASES = [
    pytest.param(case, id=f"{name}-{i}")
    for name, cases in MODULES.items()
    for i, case in enumerate(cases)
]


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
