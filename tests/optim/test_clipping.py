"""Clipping: by value and by norm, of numbers of any size."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import clip_norm, clip_value
from nnmods.optim.norms import norm
from nnmods.testing.compare import EXACT, SINGLE

TYPES = [np.float32, np.float64]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("size", [0, 5, 600_001])
def test_values_are_moved_into_the_interval(dtype, size):
    v = np.random.default_rng(0).standard_normal(size).astype(dtype)
    before = v.copy()
    assert clip_value(v, 0.5) is None
    np.testing.assert_array_equal(v, np.clip(before, -0.5, 0.5))
    clip_value(v, math.inf)
    clip_value(v, 1e300)
    np.testing.assert_array_equal(v, np.clip(before, -0.5, 0.5))
    clip_value(v, 0)
    assert not v.any()


def test_nan_stays_and_inf_is_clipped():
    v = np.array([np.nan, np.inf, -np.inf, 0.5])
    clip_value(v, 2)
    np.testing.assert_array_equal(v, [np.nan, 2, -2, 0.5])


@pytest.mark.parametrize("dtype, rtol", [(np.float32, SINGLE), (np.float64, EXACT)])
@pytest.mark.parametrize("size", [5, 600_001])
@pytest.mark.parametrize("p", [0.5, 1, 2, 3.5, math.inf])
def test_norms(dtype, rtol, size, p):
    v = np.random.default_rng(0).standard_normal(size).astype(dtype)
    exact = np.abs(v.astype(float))
    wanted = exact.max() if p == math.inf else np.sum(exact**p) ** (1 / p)
    got = clip_norm(v, wanted / 4, p)
    assert got == pytest.approx(wanted, rel=rtol) and type(got) is float
    np.testing.assert_allclose(np.abs(v), exact / 4, rtol=rtol)
    # now it is within
    before = v.copy()
    assert clip_norm(v, wanted, p) == pytest.approx(wanted / 4, rel=rtol)
    np.testing.assert_array_equal(v, before)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("p", [1, 2, 3, math.inf])
def test_no_power_overflows_or_vanishes(dtype, p):
    info = np.finfo(dtype)
    large, small = float(info.max) / 100, float(info.tiny) * 100
    # and one whose square is subnormal, of few digits
    for size in (large, small, 1.3 * math.sqrt(float(info.tiny) * float(info.eps))):
        v = np.array([3, -4, 0], dtype) * dtype(size)
        shape = {1: 7, 2: 5, 3: 91 ** (1 / 3), math.inf: 4}[p]
        assert norm(v, p) / size == pytest.approx(shape, rel=SINGLE)
    # and beside the large ones the small ones go quietly
    v = np.array([info.max / 4, info.tiny], dtype)
    assert norm(v, p) == pytest.approx(float(info.max) / 4, rel=SINGLE)


def test_a_huge_gradient_is_scaled_all_the_way():
    v = np.array([3, 4], np.float32) * np.float32(1e37)
    clip_norm(v, 1e-6)
    np.testing.assert_allclose(v, [6e-7, 8e-7], rtol=SINGLE)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("p", [1, 2, math.inf])
def test_a_norm_that_is_not_finite_changes_nothing(wrong, p):
    v = np.array([1.0, wrong, 3.0])
    before = v.copy()
    got = clip_norm(v, 0.5, p)
    assert math.isnan(got) if np.isnan(wrong) else got == math.inf
    np.testing.assert_array_equal(v, before)


def test_an_infinite_bound_measures_only():
    v = np.array([3.0, 4.0])
    assert clip_norm(v, math.inf) == 5 and v.tolist() == [3, 4]
    assert clip_norm(v, 0) == 5 and v.tolist() == [0, 0]
    assert clip_norm(v, 0) == 0 and clip_norm(np.zeros(0), 1) == 0


def test_a_net_means_its_gradient():
    net = nn.Linear(3, 2, rng=0)
    weight = net.weight.copy()
    net.grad_weight[...], net.grad_bias[...] = 3, 4
    assert clip_norm(net, 1.0) == pytest.approx(math.sqrt(6 * 9 + 2 * 16), rel=1e-15)
    assert norm(net.flatten_parameters()[1]) == pytest.approx(1, rel=1e-15)
    clip_value(net, 0.25)
    assert net.grad_weight.max() == net.grad_bias.max() == 0.25
    np.testing.assert_array_equal(net.weight, weight)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: clip_value([1.0], 1), TypeError, "clip_value: net_or_vector has type"),
        (lambda: clip_norm(np.ones(2, int), 1), TypeError, "has dtype int64, expected"),
        (lambda: clip_norm(np.ones((2, 2)), 1), ValueError, "has shape (2, 2) and str"),
        (
            lambda: clip_norm(np.ones(4)[::2], 1),
            ValueError,
            "expected one axis and con",
        ),
        (
            lambda: clip_value(np.ones(2), -1),
            ValueError,
            "limit has value -1, expected",
        ),
        (lambda: clip_norm(np.ones(2), math.nan), ValueError, "max_norm has value nan"),
        (lambda: clip_norm(np.ones(2), 1, 0), ValueError, "p has value 0, expected a"),
        (lambda: clip_norm(np.ones(2), 1, "2"), TypeError, "p has type str, expected"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as info:
        call()
    assert message in str(info.value)
