"""AdamW: eps after the correction, the largest moment, exact zeros."""

import math

import numpy as np
import pytest

from nnmods.optim import Adam, AdamW, InverseTime


def trajectory(cls, gradients, start=0.0, **settings):
    """Return the values that one weight takes under the given gradients."""
    w, dC_dw = np.array([start]), np.zeros(1)
    opt = cls((w, dC_dw), **settings)
    values = []
    for gradient in gradients:
        dC_dw[:] = gradient
        opt.step()
        assert dC_dw[0] == gradient
        values.append(w[0])
    return values


HALVES = {"lr": 1, "beta1": 0.5, "beta2": 0.25, "weight_decay": 0}


def test_two_steps_by_hand():
    # m_hat = 4, -1 / (3/4); v_hat = 16, 15 / (15/16) = 16
    got = trajectory(AdamW, [4, -4], eps=4, **HALVES)
    assert got == pytest.approx([-1 / 2, -1 / 2 + 1 / 6], rel=1e-15)


def test_decay_follows_the_rate_and_comes_first():
    got = trajectory(
        AdamW, [0, 0, 0], 1.0, lr=0.5, weight_decay=1, schedule=InverseTime(1)
    )
    assert got == pytest.approx([1 / 2, 3 / 8, 5 / 16], rel=1e-15)
    settings = HALVES | {"lr": 0.5, "weight_decay": 0.25, "eps": 0}
    assert trajectory(AdamW, [1e-3], 2.0, **settings) == pytest.approx(
        [1.25], rel=1e-14
    )


def test_the_defaults_are_pytorchs():
    given = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    gradients = [1.0, -2.0, 0.5]
    got = trajectory(AdamW, gradients, 1.0)
    assert got == trajectory(AdamW, gradients, 1.0, weight_decay=0.01, **given)


def test_adam_has_its_steps_where_eps_is_translated():
    gradients = np.random.default_rng(0).standard_normal(30)
    ours = trajectory(AdamW, gradients, eps=0, weight_decay=0.1)
    adam = trajectory(Adam, gradients, eps=0, weight_decay=0.1, decoupled=True)
    assert ours == adam


@pytest.mark.parametrize("cls", [Adam, AdamW])
def test_amsgrad_divides_by_the_largest_moment(cls):
    # v = 12, 3, 3/4, but the root stays that of 12; m = 2, 1, 1/2;
    # corrections sqrt(3/4) / (1/2), sqrt(15/16) / (3/4), sqrt(63/64) / (7/8)
    root = math.sqrt(12)
    steps = [
        math.sqrt(3 / 4) / (1 / 2) * 2 / root,
        math.sqrt(15 / 16) / (3 / 4) * 1 / root,
        math.sqrt(63 / 64) / (7 / 8) * 0.5 / root,
    ]
    got = trajectory(cls, [4, 0, 0], amsgrad=True, eps=0, **HALVES)
    assert got == pytest.approx(-np.cumsum(steps), rel=1e-14)
    assert got != pytest.approx(trajectory(cls, [4, 0, 0], eps=0, **HALVES))


def test_amsgrad_is_fixed():
    opt = AdamW((np.ones(1), np.ones(1)))
    with pytest.raises(AttributeError, match="amsgrad"):
        opt.amsgrad = True


@pytest.mark.parametrize("cls, scale", [(Adam, math.sqrt(3 / 4)), (AdamW, 1.0)])
def test_the_threshold_of_the_first_step_by_hand(cls, scale):
    # v = 12 and m_hat = 4. AdamW: v_hat = 16, the step 4 / (4 + 4), the threshold
    # 0.5 / (4 + 4); Adam: sqrt(3/4) times 1 / (sqrt(12) + 4) instead of 1 / 8
    share = 1 / 8 if cls is AdamW else scale / (math.sqrt(12) + 4)
    got = trajectory(cls, [4], 2.0, eps=4, l1=0.5, proximal=True, **HALVES)
    assert got == pytest.approx([2 - 4 * share - 0.5 * share], rel=1e-15)


@pytest.mark.parametrize("cls", [Adam, AdamW])
def test_the_lasso_optimum_is_reached_with_exact_zeros(cls):
    # C = |w - a|^2 / 2 + l1 |w|_1 is least at the soft threshold of a by l1
    a = np.array([2.0, 0.25, -1.0, -0.125])
    w, dC_dw = np.ones(4), np.empty(4)
    opt = cls((w, dC_dw), lr=0.05, l1=0.5, proximal=True, weight_decay=0)
    for t in range(4000):
        opt.lr = 0.05 * 0.998**t
        dC_dw[:] = w - a
        opt.step()
    assert w[1] == w[3] == 0
    assert w == pytest.approx([1.5, 0, -0.5, 0], abs=1e-4)


def test_a_weight_without_gradient_vanishes_at_once():
    got = trajectory(AdamW, [0], 5.0, l1=0.01, proximal=True)
    assert got == [0]


def test_nothing_changes_without_l1():
    gradients = np.random.default_rng(0).standard_normal(10)
    plain = trajectory(AdamW, gradients, 1.0)
    assert trajectory(AdamW, gradients, 1.0, proximal=True) == plain
    assert repr(AdamW((np.ones(3), np.ones(3)), amsgrad=True, l1=1, proximal=True)) == (
        "AdamW(3 parameters, lr=0.001, l1=1.0, amsgrad=True, proximal=True)"
    )
