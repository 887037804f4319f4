"""The tricks of "Efficient BackProp": statements 27 to 31, 36 and 37."""

import numpy as np
import pytest
from lecture.outcomes import column, confirmed

import nnmods as nn
from nnmods import data, training
from nnmods.analysis import max_rate
from nnmods.testing.compare import STEP

seeds = pytest.mark.parametrize("seed", [0, 1])


def test_lecture_27_scaled_tanh_is_one_at_one_and_bends_most_there():
    f = nn.ScaledTanh()
    np.testing.assert_allclose(f(np.array([-1.0, 1.0])), [-0.99999726, 0.99999726])
    x = np.linspace(0, 4, 40001)
    slope = f.backward(x, np.ones_like(x))
    bend = np.abs(np.gradient(slope, x))
    np.testing.assert_allclose(x[bend.argmax()], 0.98772, atol=2e-4)
    assert abs(slope).max() == slope[0]
    np.testing.assert_allclose(slope[0], 1.7159 * 2 / 3)


def test_lecture_27_scaled_tanh_keeps_the_variance_of_unit_inputs():
    x = np.random.default_rng(0).standard_normal(400_000)
    np.testing.assert_allclose(nn.ScaledTanh()(x).std(), 0.867, atol=0.003)


def test_lecture_27_a_twist_keeps_a_slope_on_the_flat_parts():
    far, ones = np.array([-30.0, 30.0]), np.ones(2)
    assert nn.ScaledTanh().backward(far, ones).max() < 1e-15
    twisted = nn.ScaledTanh(twist=0.01)
    np.testing.assert_allclose(twisted.backward(far, ones), 0.01)
    np.testing.assert_allclose(twisted(far), [-1.7159 - 0.3, 1.7159 + 0.3])


@seeds
def test_lecture_28_targets_at_the_asymptotes_drive_the_weights_up(seed):
    inside, at_the_end = confirmed(28, seed).values()
    assert abs(inside["grown by (%)"]) < 3 and at_the_end["grown by (%)"] > 9
    assert inside["mean slope of the outputs"] > 0.7
    assert at_the_end["mean slope of the outputs"] < 0.02


def test_lecture_28_targets_of_the_two_classes_are_plus_and_minus_one():
    rows = data.plus_minus_one(np.array([1, 0]), 2)
    np.testing.assert_array_equal(rows, [[-1, 1], [1, -1]])


@seeds
def test_lecture_29_kappa_falls_to_1_with_whitening_and_the_steps_with_it(seed):
    raw, centred, scaled, whitened = confirmed(29, seed).values()
    assert raw["kappa"] > 5 * centred["kappa"] > 5 * scaled["kappa"] > 10
    np.testing.assert_allclose(whitened["kappa"], 1, rtol=1e-9)
    assert raw["steps to 1e-06"] > 5 * centred["steps to 1e-06"] > 100
    assert centred["steps to 1e-06"] > scaled["steps to 1e-06"] > 5
    assert whitened["steps to 1e-06"] == 1


def test_lecture_29_hessian_of_a_linear_unit_is_the_covariance_of_its_inputs(rng):
    x = rng.standard_normal((40, 4)) @ rng.standard_normal((4, 4)) + 5
    net, cost = nn.Linear(4, 1, bias=False, rng=0), nn.MSECriterion()
    w, dC_dw = net.flatten_parameters()
    target, start, rows = np.ones((40, 1)), w.copy(), []
    for unit in np.eye(4):
        sides = []
        for step in (STEP, -STEP):
            w[...], dC_dw[...] = start + step * unit, 0
            net.backprop(x, cost.backward(net.forward(x), target))
            sides.append(dC_dw.copy())
        rows.append((sides[0] - sides[1]) / (2 * STEP))
    np.testing.assert_allclose(rows, 2 * x.T @ x / 40, rtol=1e-6)  # C has no 1/2
    # a mean that is not 0 makes one eigenvalue large
    largest = max_rate(net, cost, x, target).eigenvalue
    assert largest > 3 * max_rate(net, cost, x - x.mean(axis=0), target).eigenvalue


@pytest.mark.parametrize("fan_in", [50, 400])
def test_lecture_30_standard_deviation_is_fan_in_to_the_minus_one_half(fan_in, rng):
    layer = training.lecun(nn.Linear(fan_in, 1000), rng=1)
    np.testing.assert_allclose(layer.weight.std(), fan_in**-0.5, rtol=0.01)
    y = layer(rng.standard_normal((200, fan_in)))
    np.testing.assert_allclose(y.std(), 1, rtol=0.03)
    assert not layer.bias.any()


@seeds
def test_lecture_31_rates_that_converge_and_the_time_it_takes(seed):
    numbers = confirmed(31, seed)
    below, best, above, bound, beyond = column(numbers, "|w| after 12 steps")
    assert best < 1e-100 and max(below, above) < 0.02 and beyond > 3
    np.testing.assert_allclose(bound, 1, rtol=1e-12)
    within, beyond = column(numbers, "|w| after 500 steps")
    assert within < 1e-6 and beyond > 1e6
    assert 0.95 < numbers["power of kappa in the time"][""] < 1.05


@seeds
def test_lecture_36_momentum_rates_per_layer_and_curvature_beat_descent(seed):
    numbers = confirmed(36, seed)
    plain, momentum, layers, adam, conjugate, quasi, levenberg = column(
        numbers, "cost after 400 gradients"
    )
    assert max(momentum, layers, adam) < plain / 4
    assert conjugate < plain / 20 and conjugate < min(momentum, layers)
    assert quasi < min(plain / 500, momentum, layers, adam, conjugate)
    assert levenberg < quasi


@seeds
def test_lecture_37_emphasis_helps_a_rare_class_and_harms_by_wrong_labels(seed):
    alike, emphasised, capped = confirmed(37, seed).values()
    assert emphasised["rare class (%)"] > capped["rare class (%)"]
    assert capped["rare class (%)"] > alike["rare class (%)"] + 1
    assert emphasised["rare class (%)"] > alike["rare class (%)"] + 4
    assert emphasised["with wrong labels (%)"] < alike["with wrong labels (%)"] - 3
    assert capped["with wrong labels (%)"] > emphasised["with wrong labels (%)"] + 3
