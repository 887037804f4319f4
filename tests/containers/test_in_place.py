"""Activations write over what nobody needs any more, and over nothing else."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn
from nnmods.containers import sequential
from nnmods.kernels import blas, threads


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


FINISHED = {
    "Winograd": (lambda: conv(16, 16, 0), (9, 16, 9, 10)),
    "Winograd, many images": (lambda: conv(16, 16, 0), (33, 16, 6, 6)),
    "columns": (lambda: conv(2, 4, 0), (3, 2, 9, 10)),
    "stride": (lambda: nn.SpatialConvolution(4, 6, 3, 3, 2, 2, rng=0), (3, 4, 9, 10)),
    "1x1": (lambda: nn.SpatialConvolution(4, 6, 1, 1, rng=0), (3, 4, 5, 6)),
    "no bias": (
        lambda: nn.SpatialConvolution(4, 6, 3, 3, bias=False, rng=0),
        (3, 4, 5, 6),
    ),
    "groups": (
        lambda: nn.SpatialConvolution(4, 6, 3, 3, groups=2, rng=0),
        (3, 4, 5, 6),
    ),
    "depthwise": (
        lambda: nn.SpatialConvolution(4, 8, 3, 3, groups=4, rng=0),
        (3, 4, 5, 6),
    ),
    "Fourier": (lambda: nn.SpatialConvolution(2, 3, 11, 11, rng=0), (3, 2, 12, 14)),
    "one sample": (lambda: conv(2, 4, 0), (2, 9, 10)),
    "3-d": (lambda: nn.VolumetricConvolution(2, 3, 3, 3, 3, rng=0), (2, 2, 4, 5, 6)),
    "planes of Winograd": (
        lambda: nn.VolumetricConvolution(
            16, 16, kernel_size=(1, 3, 3), padding=1, rng=0
        ),
        (8, 16, 3, 5, 6),
    ),
    "Linear": (lambda: nn.Linear(70, 300, rng=0), (40, 70)),
    "Linear, many rows": (lambda: nn.Linear(70, 30, rng=0), (400, 70)),
    "Linear without bias": (lambda: nn.LinearNoBias(70, 30, rng=0), (4, 5, 70)),
}


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", FINISHED)
def test_parts_are_finished_one_by_one(case, dtype, lanes, monkeypatch, rng):
    if lanes > 1 and blas.libraries() is None:
        pytest.skip("threadpoolctl controls no BLAS here")
    for name in ("LEAST_BYTES", "LEAST_PRODUCTS"):
        monkeypatch.setattr(threads, name, 2)
    make, shape = FINISHED[case]
    net = nn.Sequential(make(), nn.Tanh()).astype(dtype)
    nn.set_num_threads(lanes)
    try:
        plain = net.clone()
        plain.in_place = False
        for _ in range(2):
            x = rng.standard_normal(shape).astype(dtype)
            wanted = plain.forward(x)
            assert_array_equal(net.forward(x), wanted)
        parts = []
        finish = nn.Tanh.finish
        monkeypatch.setattr(
            nn.Tanh,
            "finish",
            lambda self, part: parts.append(part) or finish(self, part),
        )
        assert_array_equal(net.forward(x), wanted)
        assert sum(part.size for part in parts) == wanted.size  # each once
        assert net[1].y is net[0].y
        dC_dy = rng.standard_normal(wanted.shape).astype(dtype)
        assert_array_equal(net.backprop(x, dC_dy), plain.backprop(x, dC_dy))
    finally:
        nn.set_num_threads()


def test_a_users_layer_is_not_finished(rng):
    """Its forward goes on after that of Linear, and no part is its result."""

    class Doubled(nn.Linear):
        def forward(self, x):
            return np.multiply(super().forward(x), 2, out=self.y)

    net = nn.Sequential(Doubled(3, 2, rng=0), nn.Tanh())
    for _ in range(2):
        x = rng.standard_normal((4, 3))
        assert_allclose(net.forward(x), np.tanh(2 * nn.Linear(3, 2, rng=0)(x)))


def test_a_users_module_may_only_write_over_a_whole_array(rng):
    class Doubled(nn.Module):
        overwrites = True

        def forward_over(self, x):
            return np.multiply(x, 2, out=x)

    net = nn.Sequential(nn.Linear(3, 2, rng=0), Doubled())
    for _ in range(2):
        x = rng.standard_normal((4, 3))
        assert_allclose(net.forward(x), 2 * nn.Linear(3, 2, rng=0)(x))
