"""Adam: trajectories by hand and against the textbook's algorithm."""

import math

import numpy as np
import pytest

from nnmods.optim import Adam, InverseTime


def trajectory(gradients, start=0.0, **settings):
    """Return the values that one weight takes under the given gradients."""
    w, dC_dw = np.array([start]), np.zeros(1)
    opt = Adam((w, dC_dw), **settings)
    values = []
    for gradient in gradients:
        dC_dw[:] = gradient
        opt.step()
        assert dC_dw[0] == gradient
        values.append(w[0])
    return values


def algorithm_1(gradients, lr, beta1, beta2, eps):
    """Kingma & Ba's algorithm 1 in exact sums, eps added after the correction.

    The moments are written as what they are, weighted means of all gradients so far.
    """
    w, values = 0.0, []
    for k in range(1, len(gradients) + 1):
        age = np.arange(k)[::-1]
        g = np.array(gradients[:k])
        m_hat = np.sum(beta1**age * g) / np.sum(beta1**age)
        v_hat = np.sum(beta2**age * g**2) / np.sum(beta2**age)
        w -= lr * m_hat / (math.sqrt(v_hat) + eps(k))
        values.append(w)
    return values


def test_two_steps_by_hand():
    # m = 2, 1 - 2 = -1 (gradients 4, -4); v = 12, 3 + 12 = 15; corrections:
    # step 1: 1 * sqrt(3/4) / (1/2) * 2 / sqrt(12) = 1
    # step 2: sqrt(15/16) / (3/4) * -1 / sqrt(15) = -1/3
    got = trajectory([4, -4], lr=1, beta1=0.5, beta2=0.25, eps=0)
    assert got == pytest.approx([-1, -2 / 3], rel=1e-15)


def test_eps_stands_beside_the_root_of_the_uncorrected_moment():
    # v = 0.75 * 16 = 12, so that sqrt(v) + eps = 2 sqrt(12), not 4 + sqrt(12)
    got = trajectory([4], lr=1, beta1=0.5, beta2=0.25, eps=math.sqrt(12))
    assert got == pytest.approx([-0.5], rel=1e-15)


@pytest.mark.parametrize("beta1, beta2", [(0.9, 0.999), (0.0, 0.5), (0.8, 0.0)])
def test_algorithm_1_with_its_eps_translated(beta1, beta2):
    gradients = np.random.default_rng(0).standard_normal(40).tolist()
    got = trajectory(gradients, lr=0.1, beta1=beta1, beta2=beta2, eps=0.01)
    expected = algorithm_1(
        gradients, 0.1, beta1, beta2, lambda k: 0.01 / math.sqrt(1 - beta2**k)
    )
    assert got == pytest.approx(expected, rel=1e-12)


def test_the_default_settings_are_the_papers():
    gradients = [1.0, -2.0, 0.5]
    got = trajectory(gradients)
    given = trajectory(gradients, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8)
    assert got == given
    # the two placings of eps differ by 1e-8 / sqrt(0.001) at most
    expected = algorithm_1(gradients, 0.001, 0.9, 0.999, lambda k: 1e-8)
    assert got == pytest.approx(expected, rel=1e-6)


def test_coupled_decay_and_l1_are_part_of_the_gradient():
    settings = {"lr": 0.1, "beta1": 0.5, "beta2": 0.25}
    plain = trajectory([3 + 0.5 * 2 + 0.25], start=2.0, **settings)
    assert trajectory([3], 2.0, weight_decay=0.5, l1=0.25, **settings) == plain


def test_decoupled_decay_multiplies_the_weight():
    settings = {"lr": 0.5, "beta1": 0.5, "beta2": 0.25, "eps": 0}
    # the first step is lr * sign(g) in any case: 2 * (1 - 0.5 * 0.25) -+ 0.5
    for g in (1e-3, 1e3):
        got = trajectory([g], 2.0, weight_decay=0.25, decoupled=True, **settings)
        assert got == pytest.approx([1.25], rel=1e-15)
    # while coupled decay is lost in that sign
    got = trajectory([1e-3], 2.0, weight_decay=0.25, **settings)
    assert got == pytest.approx([1.5], rel=1e-15)


def test_decoupled_decay_follows_the_schedule():
    got = trajectory(
        [0, 0, 0], 1.0, lr=0.5, weight_decay=1, decoupled=True, schedule=InverseTime(1)
    )
    assert got == pytest.approx([1 / 2, 3 / 8, 5 / 16], rel=1e-15)


def test_the_schedule_scales_each_step():
    # equal gradients make steps of length lr
    got = trajectory([2, 2, 2], lr=1, eps=0, schedule=InverseTime(1))
    assert got == pytest.approx([-1, -3 / 2, -11 / 6], rel=1e-12)


def test_repr_shows_what_is_not_the_default():
    pair = np.ones(3), np.ones(3)
    assert repr(Adam(pair)) == "Adam(3 parameters, lr=0.001)"
    opt = Adam(pair, beta1=0.5, decoupled=True)
    assert repr(opt) == "Adam(3 parameters, lr=0.001, beta1=0.5, decoupled=True)"
