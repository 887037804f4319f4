"""Plain weights: the numbers themselves, and what is refused."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.training import constant, normal, truncated_normal, uniform

NET = nn.Sequential(nn.Linear(300, 200), nn.Tanh(), nn.Linear(200, 10))


def test_constant():
    net = constant(NET.clone(), -0.5)
    assert (net[0].weight == -0.5).all() and (net[2].weight == -0.5).all()
    assert not net[0].bias.any() and not net[2].bias.any()


@pytest.mark.parametrize(
    "initialize, std, largest",
    [
        (normal, 0.01, math.inf),
        (lambda net, rng: normal(net, 3, rng), 3, math.inf),
        (uniform, 0.05 / 3**0.5, 0.05),
        (lambda net, rng: uniform(net, 3, rng), 3**0.5, 3),
        (truncated_normal, 0.02 * 0.8796256610342398, 0.04),
        (
            lambda net, rng: truncated_normal(net, 3, rng),
            3 * 0.8796256610342398,
            6,
        ),
    ],
)
def test_deviations_and_ends(initialize, std, largest):
    net = initialize(NET.clone(), rng=0)
    weight = net[0].weight
    # 60,000 numbers: a relative deviation of theirs below 0.3 %
    assert weight.std() == pytest.approx(std, rel=0.015)
    assert abs(weight.mean()) < 5 * std / math.sqrt(weight.size)
    end = np.abs(weight).max()
    assert end <= largest if largest < math.inf else 3.5 * std < end < 6 * std
    if largest < math.inf:
        assert end > 0.99 * largest
    assert not net[0].bias.any() and net[2].weight.std() > 0


@pytest.mark.parametrize("initialize", [normal, uniform, truncated_normal])
def test_reproducible_in_place_and_by_the_default_generator(initialize):
    net, other = NET.clone(), NET.clone().float()
    w, _ = net.flatten_parameters()
    initialize(net, rng=5)
    assert np.shares_memory(net[0].weight, w)
    initialize(other, rng=5)
    assert np.array_equal(other[0].weight, net[0].weight.astype(np.float32))
    first = w.copy()
    nn.manual_seed(5)
    initialize(net)
    assert np.array_equal(w, first)
    initialize(net)
    assert not np.array_equal(w, first)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda net: constant(net, math.nan),
            ValueError,
            "constant: value has value nan, expected a finite number",
        ),
        (
            lambda net: constant(net, None),
            TypeError,
            "constant: value has type NoneType, expected a number",
        ),
        (
            lambda net: normal(net, std=0),
            ValueError,
            "normal: std has value 0, expected a finite positive number",
        ),
        (
            lambda net: uniform(net, bound=-1),
            ValueError,
            "uniform: bound has value -1, expected a finite positive number",
        ),
        (
            lambda net: truncated_normal(net, std=math.nan),
            ValueError,
            "truncated_normal: std has value nan, expected a finite positive number",
        ),
        (
            lambda net: normal([net]),
            TypeError,
            "normal: net has type list, expected a module",
        ),
    ],
)
def test_nonsense_is_refused(call, error, message):
    net = NET.clone()
    with pytest.raises(error) as info:
        call(net)
    assert str(info.value) == message
    assert np.array_equal(net[0].weight, NET[0].weight)
