"""SGD: trajectories by hand, penalties, and what momentum may be."""

import numpy as np
import pytest

from nnmods.optim import SGD, InverseTime


def trajectory(gradients, start=0.0, **settings):
    """Return the values that one weight takes under the given gradients."""
    w, dC_dw = np.array([start]), np.zeros(1)
    opt = SGD((w, dC_dw), **settings)
    values = []
    for gradient in gradients:
        dC_dw[:] = gradient
        opt.step()
        assert dC_dw[0] == gradient
        values.append(w[0])
    return values


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, [-2, -1, -3]),
        # v = 4, 0, 4
        ({"momentum": 0.5}, [-2, -2, -4]),
        # v = 4, 2 + 0.75 * -2 = 0.5, 0.25 + 0.75 * 4 = 3.25
        ({"momentum": 0.5, "dampening": 0.25}, [-2, -2.25, -3.875]),
        # d = 4 + 2, -2 + 0, 4 + 2
        ({"momentum": 0.5, "nesterov": True}, [-3, -2, -5]),
        # g = 4, -2 - 1, 4 - 0.25
        ({"weight_decay": 0.5}, [-2, -0.5, -2.375]),
        # sign(w) = 0, -1, -1
        ({"l1": 1.0}, [-2, -0.5, -2]),
        # rate * l1 = 0.5, taken off -2, -0.5, -2
        ({"l1": 1.0, "proximal": True}, [-1.5, 0, -1.5]),
        # g = 4, -2 - 1, ...; v = 4, 2 - 3 = -1, -0.5 + (4 - 0.75) = 2.75
        ({"momentum": 0.5, "weight_decay": 0.5}, [-2, -1.5, -2.875]),
        # rate = 1/2, 1/4, 1/6
        ({"schedule": InverseTime(1)}, [-2, -1.5, -1.5 - 2 / 3]),
        # the threshold falls with the rate: off -2, -1, -1.25
        (
            {"l1": 1.0, "proximal": True, "schedule": InverseTime(1)},
            [-1.5, -0.75, -0.75 - 2 / 3 + 1 / 6],
        ),
    ],
)
def test_trajectories_by_hand(settings, expected):
    assert trajectory([4, -2, 4], lr=0.5, **settings) == pytest.approx(
        expected, rel=1e-15
    )


def test_weight_decay_is_twice_alpha():
    # C = alpha w^2 alone, alpha = 1/8: w shrinks by 1 - 2 * rate * alpha = 7/8
    assert trajectory([0, 0], start=1.0, lr=0.5, weight_decay=0.25) == [7 / 8, 49 / 64]
    # and (1 - 2 rate alpha) w - rate dC_dw is the same to the last bit
    assert trajectory([3], start=1.0, lr=0.5, weight_decay=0.25) == [7 / 8 - 1.5]


def test_a_useless_weight_vanishes_only_under_the_soft_threshold():
    rate, l1 = 0.01, 0.5
    oscillating = trajectory([0] * 300, start=0.103, lr=rate, l1=l1)
    assert all(0 < abs(w) <= rate * l1 for w in oscillating[50:])
    assert {np.sign(w) for w in oscillating[50:]} == {-1, 1}
    exact = trajectory([0] * 300, start=0.103, lr=rate, l1=l1, proximal=True)
    assert all(w == 0 for w in exact[50:])


def test_the_lasso_optimum_is_reached_with_exact_zeros():
    # C = |w - a|^2 / 2 + l1 |w|_1 is least at the soft threshold of a by l1
    a = np.array([2.0, 0.25, -1.0, -0.125])
    w, dC_dw = np.ones(4), np.empty(4)
    opt = SGD((w, dC_dw), lr=0.5, l1=0.5, proximal=True)
    for _ in range(60):
        dC_dw[:] = w - a
        opt.step()
    assert w == pytest.approx([1.5, 0, -0.5, 0], abs=1e-15)
    assert w[1] == w[3] == 0


@pytest.mark.parametrize("dampening, momentum", [(0.0, 0.0), (0.5, 0.9)])
def test_nesterov_needs_momentum_and_no_dampening(dampening, momentum):
    with pytest.raises(ValueError) as info:
        SGD(
            (np.ones(1), np.ones(1)),
            momentum=momentum,
            dampening=dampening,
            nesterov=True,
        )
    assert str(info.value) == (
        f"SGD: nesterov has momentum {momentum} and dampening {dampening}, "
        "expected momentum > 0 and dampening 0"
    )


def test_momentum_is_fixed():
    opt = SGD((np.ones(1), np.ones(1)))
    with pytest.raises(AttributeError, match="momentum"):
        opt.momentum = 0.9


def test_repr_shows_what_is_not_the_default():
    pair = np.ones(3), np.ones(3)
    assert repr(SGD(pair)) == "SGD(3 parameters, lr=0.01)"
    opt = SGD(pair, lr=1, momentum=0.5, nesterov=True, schedule=InverseTime(2))
    assert repr(opt) == (
        "SGD(3 parameters, lr=1.0, momentum=0.5, nesterov=True, "
        "schedule=InverseTime(decay=2))"
    )
