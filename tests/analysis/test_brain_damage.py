"""Optimal brain damage: saliencies, pruning, and what a trained network loses by it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.analysis import apply_mask, diag_hessian, prune, saliencies


def trained(seed):
    """Return a small trained network, its cost, and what it learned from."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((200, 8))
    target = np.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]
    target += 0.1 * rng.standard_normal((200, 1))
    layers = nn.Linear(8, 12, rng=seed), nn.Tanh(), nn.Linear(12, 1, rng=seed + 1)
    net, mse = nn.Sequential(*layers), nn.MSECriterion()
    adam = nn.optim.Adam(net, 1e-2)
    for _ in range(400):
        adam.zero_grad()
        mse.forward(net.forward(x), target)
        net.backprop(x, mse.backward(net.y, target), input_grad=False)
        adam.step()
    return net, mse, x, target


def test_saliency_of_a_linear_net_is_the_rise_of_the_cost(rng):
    """C is quadratic in w, and w at the minimum: the second order is all there is."""
    net, mse = nn.Linear(3, 2, rng=0), nn.MSECriterion()
    x = rng.standard_normal((6, 3))
    target = net(x)
    s = saliencies(net, mse, x, target)
    for i in range(8):
        other, mask = net.clone(), np.arange(8) != i
        apply_mask(other, mask)
        assert_allclose(mse.forward(other(x), target), s[i], rtol=1e-12)


@pytest.mark.parametrize("kind", ["lecun", "ggn", "bbprop", "exact"])
def test_saliencies_take_each_diagonal_and_leave_the_net_alone(kind, rng):
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
    x, target = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    before = [a.copy() for pair in net.parameters() for a in pair]
    s = saliencies(net, nn.MSECriterion(), x, target, kind)
    for a, b in zip(
        (a for pair in net.parameters() for a in pair), before, strict=True
    ):
        assert_array_equal(a, b)
    w = net.flatten_parameters()[0]
    assert_array_equal(
        s, diag_hessian(net, nn.MSECriterion(), x, target, kind) * w**2 / 2
    )


def test_float32_stays_float32(rng):
    net = nn.Linear(3, 2, rng=0).float()
    x, target = rng.standard_normal((2, 5, 3)).astype("float32")
    s = saliencies(net, nn.MSECriterion(), x, target[:, :2])
    assert s.dtype == np.float32
    prune(net, s, 0.5)
    assert net.weight.dtype == np.float32


def test_pruning_by_saliency_costs_less_than_by_size_or_by_chance():
    costs = []
    for seed in range(5):
        net, mse, x, target = trained(seed)
        w = net.flatten_parameters()[0]
        chance = np.random.default_rng(seed).random(w.size)
        row = []
        for order in (saliencies(net, mse, x, target), np.abs(w), chance):
            pruned = net.clone()
            prune(pruned, order, 0.3)
            row.append(mse.forward(pruned(x), target))
        costs.append(row)
    by_saliency, by_size, by_chance = np.mean(costs, axis=0)
    assert by_saliency < by_size < by_chance


def test_prune_writes_in_place_and_counts_what_was_pruned_before():
    net = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 2, rng=1))
    w = net.flatten_parameters()[0]
    mask = prune(net, np.arange(12.0)[::-1], 0.25)
    assert_array_equal(mask, np.arange(12) < 9)
    assert_array_equal(w == 0, ~mask)
    s = np.where(mask, np.arange(12.0) + 1, 0)
    assert_array_equal(prune(net, s, 0.5), (np.arange(12) >= 3) & mask)
    assert net.are_flat(w)


def test_weights_of_infinite_saliency_are_kept_and_shared_ones_count_once():
    first = nn.Linear(2, 2, rng=0)
    net = nn.Sequential(first, nn.Tanh(), first.clone(share=True))
    s = np.r_[np.ones(4), np.inf, np.inf]
    assert_array_equal(prune(net, s, 4 / 6), [False] * 4 + [True] * 2)
    assert (net[2].weight == 0).all() and (net[2].bias != 0).all()
    assert prune(net, s, 0).all() and not prune(net, s, 1).any()
    assert prune(nn.Tanh(), [], 1).shape == (0,)


def test_the_mask_holds_while_training_goes_on():
    net, mse, x, target = trained(0)
    mask = prune(net, saliencies(net, mse, x, target), 0.5)
    before = mse.forward(net(x), target)
    sgd = nn.optim.SGD(net, 0.02, momentum=0.9)
    for _ in range(100):
        sgd.zero_grad()
        mse.forward(net.forward(x), target)
        net.backprop(x, mse.backward(net.y, target), input_grad=False)
        sgd.step()
        apply_mask(net, mask)
    assert_array_equal(net.flatten_parameters()[0] == 0, ~mask)
    assert mse.forward(net(x), target) < before / 2


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda net: prune(3, [], 0), TypeError, "prune: net has type int"),
        (
            lambda net: prune(net, [1.0], 0),
            ValueError,
            r"shape \(1,\), expected \(6,\)",
        ),
        (lambda net: prune(net, np.ones(6), 2), ValueError, "share is 2, expected 0"),
        (lambda net: prune(net, np.ones(6), np.nan), ValueError, "share is nan"),
        (lambda net: apply_mask(net, np.ones(6)), TypeError, "expected bool"),
        (lambda net: apply_mask(net, [True]), ValueError, r"shape \(1,\), expected"),
    ],
)
def test_errors_come_before_anything_changes(call, error, text):
    net = nn.Linear(2, 2, rng=0)
    before = net.weight.copy()
    with pytest.raises(error, match=text):
        call(net)
    assert_array_equal(net.weight, before)
