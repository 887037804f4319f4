"""NAdam: its steps in plain NumPy, and its product of momenta."""

import math

import numpy as np
import pytest

from nnmods.optim import NAdam
from nnmods.optim.nadam import factors
from nnmods.testing.compare import EXACT


def transcribed(gradients, lr, beta1, beta2, eps, psi):
    w, m, v, product, values = 0.0, 0.0, 0.0, 1.0, []
    for k, g in enumerate(gradients, 1):
        mu = beta1 * (1 - 0.5 * 0.96 ** (k * psi))
        ahead = beta1 * (1 - 0.5 * 0.96 ** ((k + 1) * psi))
        product *= mu
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        d = (1 - mu) / (1 - product) * g + ahead / (1 - product * ahead) * m
        w -= lr * d / (math.sqrt(v / (1 - beta2**k)) + eps)
        values.append(w)
    return values


@pytest.mark.parametrize(
    "beta1, beta2, psi", [(0.9, 0.999, 0.004), (0, 0.5, 0), (0.7, 0, 3)]
)
def test_the_formula(beta1, beta2, psi):
    gradients = np.random.default_rng(0).standard_normal(300)
    w, dC_dw = np.zeros(1), np.zeros(1)
    settings = {"lr": 0.1, "beta1": beta1, "beta2": beta2, "eps": 0.01}
    opt = NAdam((w, dC_dw), momentum_decay=psi, **settings)
    got = []
    for dC_dw[0] in gradients:
        opt.step()
        got.append(w[0])
    assert got == pytest.approx(transcribed(gradients, psi=psi, **settings), rel=EXACT)


def test_the_first_step_by_hand():
    # mu = 1/4 always; g = 4, m = 2, v = 12, v_hat = 16; d = 4 + 2 * 1/4 / (15/16)
    w, dC_dw = np.zeros(1), np.full(1, 4.0)
    NAdam((w, dC_dw), 1, 0.5, 0.25, eps=0, momentum_decay=0).step()
    assert w == pytest.approx([-(4 + 8 / 15) / 4], rel=1e-15)


def test_factors_of_late_steps():
    """The product is 0 beside 1 by then, and no long table is made."""
    for k in (400, 10**6, 10**9):
        of_g, of_m = factors(0.9, 0.004, k)
        mu, ahead = (0.9 * (1 - 0.5 * 0.96 ** (i * 0.004)) for i in (k, k + 1))
        assert (of_g, of_m) == (1 - mu, ahead)


def test_factors_do_not_depend_on_which_were_asked_for_before():
    forward = [factors(0.99, 0.004, k) for k in range(1, 300)]
    assert [factors(0.99, 0.004, k) for k in range(299, 0, -1)] == forward[::-1]


def test_penalties_are_part_of_the_gradient():
    def first(gradient, **settings):
        w, dC_dw = np.array([2.0]), np.array([gradient])
        NAdam((w, dC_dw), lr=0.1, eps=0.5, **settings).step()
        return w[0]

    assert first(3.0, weight_decay=0.5, l1=0.25) == first(4.25)
    decoupled = first(3.0, weight_decay=0.5, decoupled=True)
    assert decoupled == pytest.approx(first(3.0) - 0.1, rel=1e-14)
