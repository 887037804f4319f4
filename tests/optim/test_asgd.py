"""ASGD: steps and averages by hand, and a transcription of its formula."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import ASGD, InverseTime
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # eta = 1, 1 / 1.5, 1 / 2 of 0.5; w = 0.75 * 4 - 0.5 * 2, ...
    got = trajectory(ASGD, [2, 3, 0], 4.0, lr=1, lambd=0.5, alpha=1)
    assert got == pytest.approx([0, -2, -1.5], rel=1e-15)


def test_the_average_is_the_mean_of_the_weights_after_t0():
    w, dC_dw = np.array([5.0]), np.zeros(1)
    opt = ASGD((w, dC_dw), lr=1.0, lambd=0.0, t0=3)
    assert opt.average.tolist() == [5]
    dC_dw[:] = -1
    averages, seen = [], []
    for _ in range(8):
        opt.step()
        seen.append(w[0])
        averages.append(opt.average[0])
    assert averages[:5] == seen[:5]  # mu = 1 / max(1, t - 3) for t = 0 to 4
    for t in range(5, 8):
        assert averages[t] == pytest.approx(np.mean(seen[4 : t + 1]), rel=1e-15)


def rule(lr=0.01, lambd=1e-4, alpha=0.75, decay=0.0):
    step, t = None, 0
    while True:
        g, w = yield step
        eta = lr / (1 + t * decay) / (1 + lambd * lr * t) ** alpha
        step = lambd * eta * w + eta * g
        t += 1


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({}, {}),
        ({"lr": 0.1, "lambd": 0.5, "alpha": 0.5}, {}),
        ({"lr": 0.1}, {"weight_decay": 0.5, "l1": 0.25}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(ASGD, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def test_a_schedule_stands_beside_eta():
    wanted = transcribed(rule(0.1, 0.5, decay=0.5))
    got = trajectory(
        ASGD, GRADIENTS, START, lr=0.1, lambd=0.5, schedule=InverseTime(0.5)
    )
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)
