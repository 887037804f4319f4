"""Adadelta: steps by hand, and a transcription of its formula."""

import math

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import Adadelta
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # v = 16 / 2 = 8; d = sqrt(1) / sqrt(9) * 4; u = 16 / 9 / 2
    # v = 4 + 1 / 2 * 8 = 8; d = sqrt(8 / 9 + 1) / sqrt(9) * sqrt(8)
    first, second = 4 / 3, math.sqrt(17 / 9) / 3 * math.sqrt(8)
    got = trajectory(Adadelta, [4, math.sqrt(8)], rho=0.5, eps=1)
    assert got == pytest.approx([-first, -first - second], rel=1e-15)
    # lr scales the step alone, not what u remembers of it
    got = trajectory(Adadelta, [4, math.sqrt(8)], lr=0.5, rho=0.5, eps=1)
    assert got == pytest.approx([-first / 2, -first / 2 - second / 2], rel=1e-15)


def test_the_unit_of_the_cost_does_not_matter():
    got = trajectory(Adadelta, GRADIENTS, eps=1e-30)
    np.testing.assert_allclose(
        trajectory(Adadelta, 1000 * GRADIENTS, eps=1e-30), got, rtol=EXACT
    )


def rule(lr=1.0, rho=0.9, eps=1e-6):
    step = v = u = 0.0
    while True:
        g, _ = yield lr * step
        v = rho * v + (1 - rho) * g**2
        step = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * step**2


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({}, {}),
        ({"lr": 0.5, "rho": 0.5, "eps": 0.01}, {}),
        ({"rho": 0.0}, {"weight_decay": 0.5, "l1": 0.25}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(Adadelta, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)
