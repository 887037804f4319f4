"""Activations write over what nobody needs any more, and over nothing else."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.containers import sequential


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch):
    monkeypatch.setattr(sequential, "LEAST_IN_PLACE", 1)


def conv(n_in, n_out, seed):
    return nn.SpatialConvolution(n_in, n_out, kernel_size=3, padding=1, rng=seed)


def build(in_place):
    net = nn.Sequential(
        conv(2, 4, 0),
        nn.SpatialBatchNormalization(4, rng=1),
        nn.ReLU(grad_at_zero=0),
        conv(4, 4, 2),
        nn.Tanh(),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(4 * 30, 6, rng=3),
        nn.ReLU(grad_at_zero=0),
    )
    net.in_place = in_place
    return net


def test_results_and_gradients_are_the_same(rng):
    net, plain = build(True), build(False)
    for batch in (3, 3, 5):
        x = rng.standard_normal((batch, 2, 5, 6))
        before = x.copy()
        y, wanted = net.forward(x), plain.forward(x)
        assert_array_equal(y, wanted)
        assert net[2].y is net[1].y and net[4].y is net[3].y
        assert plain[2].y is not plain[1].y
        dC_dy, dx = rng.standard_normal(y.shape), rng.standard_normal(x.shape)
        assert_array_equal(net.jvp(x, dx), plain.jvp(x, dx))
        assert_array_equal(net.backward(x, dC_dy), plain.backward(x, dC_dy))
        net.acc_grad_params(x, dC_dy)
        plain.acc_grad_params(x, dC_dy)
        assert_allclose(net.backprop(x, dC_dy), plain.backprop(x, dC_dy))
        for got, wanted in zip(net.parameters()[1], plain.parameters()[1], strict=True):
            assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)
        assert_array_equal(x, before)


@pytest.mark.parametrize(
    "net",
    [
        nn.Sequential(nn.ReLU(grad_at_zero=0)),
        nn.Sequential(nn.Identity(), nn.ReLU(grad_at_zero=0)),
        nn.Sequential(nn.Linear(3, 3, rng=0), nn.ReLU()),
        nn.Sequential(nn.Tanh(), nn.ReLU(grad_at_zero=0)),
        nn.Sequential(nn.Linear(3, 3, rng=0), nn.Identity(), nn.Tanh()),
        nn.Sequential(nn.Linear(3, 3, rng=0), nn.Sigmoid()),
    ],
    ids=str,
)
def test_what_is_still_needed_is_left_alone(net, rng):
    x = rng.standard_normal((4, 3))
    before = x.copy()
    y = net.forward(x)
    assert_array_equal(x, before)
    for module in net.modules[:-1]:
        assert module.y is x or not np.shares_memory(module.y, y)


def test_an_activation_that_wrote_over_another_array_takes_its_own_again(rng):
    net = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())
    x = rng.standard_normal((4, 3))
    net.forward(x)
    kept = net[0].y.copy()
    alone = net[1].forward(rng.standard_normal((4, 3)))
    assert_array_equal(net[0].y, kept)
    assert not np.shares_memory(alone, net[0].y)
    net.forward(x)
    net.in_place = False
    assert_array_equal(np.tanh(net[0].forward(x)), net.forward(x))
    assert not np.shares_memory(net[0].y, net[1].y)


def test_small_results_are_left_alone(monkeypatch, rng):
    monkeypatch.setattr(sequential, "LEAST_IN_PLACE", 1 << 20)
    net = build(True)
    net.forward(rng.standard_normal((3, 2, 5, 6)))
    assert net[2].y is not net[1].y
