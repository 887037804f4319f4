"""Adagrad: steps by hand, and a transcription of its formula."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import Adagrad, InverseTime
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # v = 9, 25, 25 + 144 = 169
    got = trajectory(Adagrad, [3, 4, -12], lr=2.0, eps=0)
    assert got == pytest.approx([-2, -3.6, -3.6 + 24 / 13], rel=1e-15)
    # v = 16 + 9; sqrt(v) + eps = 6
    got = trajectory(Adagrad, [3], lr=2.0, eps=1, initial_sum=16)
    assert got == pytest.approx([-1], rel=1e-15)


def rule(lr, eps=1e-10, initial_sum=0.0, decay=0.0):
    step, v, t = None, initial_sum, 0
    while True:
        g, _ = yield step
        v = v + g**2
        step = lr / (1 + t * decay) * g / (np.sqrt(v) + eps)
        t += 1


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({"lr": 0.01}, {}),
        ({"lr": 0.5, "eps": 0.1, "initial_sum": 2}, {}),
        ({"lr": 0.1}, {"weight_decay": 0.5, "l1": 0.25}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(Adagrad, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def test_a_schedule_scales_each_step():
    wanted = transcribed(rule(0.1, decay=0.5))
    got = trajectory(Adagrad, GRADIENTS, START, lr=0.1, schedule=InverseTime(0.5))
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)
