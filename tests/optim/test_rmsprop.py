"""RMSprop: steps by hand, and a transcription of its formula."""

import math

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import RMSprop
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # v = 12, 3 + 1 = 4 (g^2 = 4 / 3)
    second = math.sqrt(4 / 3) / 2
    settings = {"lr": 1.0, "alpha": 0.25, "eps": 0}
    got = trajectory(RMSprop, [4, math.sqrt(4 / 3)], **settings)
    first = 4 / math.sqrt(12)
    assert got == pytest.approx([-first, -first - second], rel=1e-15)
    # v = 16 / 4 + 12 = 16
    got = trajectory(RMSprop, [4], **settings, initial_mean=16)
    assert got == pytest.approx([-1], rel=1e-15)
    # with centring m = 3, v - m^2 = 3
    got = trajectory(RMSprop, [4], **settings, centered=True)
    assert got == pytest.approx([-4 / math.sqrt(3)], rel=1e-15)
    # b = d, then d / 2 + d
    got = trajectory(RMSprop, [4, math.sqrt(4 / 3)], **settings, momentum=0.5)
    assert got == pytest.approx([-first, -1.5 * first - second], rel=1e-15)


def rule(lr=0.01, alpha=0.99, eps=1e-8, momentum=0.0, centered=False, initial_mean=0.0):
    step, v, m, b = 0.0, initial_mean, 0.0, 0.0
    while True:
        g, _ = yield step
        v = alpha * v + (1 - alpha) * g**2
        m = alpha * m + (1 - alpha) * g
        variance = np.maximum(v - m**2, 0) if centered else v
        b = momentum * b + g / (np.sqrt(variance) + eps)
        step = lr * b


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({}, {}),
        ({"lr": 0.5, "alpha": 0.5, "eps": 0.1, "initial_mean": 3}, {}),
        ({"momentum": 0.9}, {"weight_decay": 0.5, "l1": 0.25}),
        ({"centered": True, "eps": 0.01}, {"weight_decay": 0.5}),
        ({"momentum": 0.5, "centered": True, "alpha": 0.9, "initial_mean": 1}, {}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(RMSprop, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_gradients_have_no_variance(dtype):
    """And rounding may take what there is below 0."""
    gradients = np.repeat([np.linspace(-3, 3, 101)], 1000, axis=0)
    got = trajectory(
        RMSprop, gradients, dtype=dtype, lr=1e-9, alpha=0.5, eps=1, centered=True
    )
    assert np.isfinite(got).all()


def test_what_has_a_vector_is_fixed():
    opt = RMSprop((np.ones(1), np.ones(1)))
    with pytest.raises(AttributeError, match="momentum"):
        opt.momentum = 0.9
    with pytest.raises(AttributeError, match="centered"):
        opt.centered = True
