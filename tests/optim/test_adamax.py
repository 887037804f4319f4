"""Adamax: steps by hand, and a transcription of its formula."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import Adamax
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # m = 2, 1 + 2 = 3 (gradients 4, 4), 1.5 - 1 = 0.5; corrections 1/2, 3/4, 7/8
    # u = 4, max(1, 4), max(1, 2)
    got = trajectory(Adamax, [4, 4, -2], lr=1, beta1=0.5, beta2=0.25, eps=0)
    assert got == pytest.approx([-1, -2, -2 - 2 / 7], rel=1e-15)
    # eps is a part of what u is compared with: u = 4 + 1, max(2.5, 1 + 1)
    got = trajectory(Adamax, [4, 1], lr=1, beta1=0, beta2=0.5, eps=1)
    assert got == pytest.approx([-0.8, -1.2], rel=1e-15)


def rule(lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8):
    step, m, u, k = None, 0.0, 0.0, 0
    while True:
        g, _ = yield step
        k += 1
        m = beta1 * m + (1 - beta1) * g
        u = np.maximum(beta2 * u, abs(g) + eps)
        step = lr / (1 - beta1**k) * m / u


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({}, {}),
        ({"lr": 0.5, "beta1": 0.5, "beta2": 0.5, "eps": 0.01}, {}),
        ({"beta1": 0.0}, {"weight_decay": 0.5, "l1": 0.25}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(Adamax, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def test_a_weight_that_never_had_a_gradient_stays_in_float32_too():
    """Its u is eps, or in Torch7's 1e-38 a subnormal number, which is flushed to 0."""
    for eps in (1e-8, 1e-38):
        got = trajectory(Adamax, np.zeros((130, 2)), 3.0, np.float32, eps=eps)
        np.testing.assert_array_equal(got, 3)
