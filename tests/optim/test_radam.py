"""RAdam: momentum at first, then Adam with a rectified length."""

import math

import numpy as np
import pytest

from nnmods.optim import RAdam
from nnmods.optim.radam import rectification
from nnmods.testing.compare import EXACT


def transcribed(gradients, lr, beta1, beta2, eps):
    w, m, v, values = 0.0, 0.0, 0.0, []
    longest = 2 / (1 - beta2) - 1
    for k, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat, r = m / (1 - beta1**k), longest - 2 * k * beta2**k / (1 - beta2**k)
        if r > 5:
            q = (r - 4) * (r - 2) * longest / ((longest - 4) * (longest - 2) * r)
            m_hat *= math.sqrt(q * (1 - beta2**k)) / (math.sqrt(v) + eps)
        w -= lr * m_hat
        values.append(w)
    return values


@pytest.mark.parametrize("beta1, beta2", [(0.9, 0.999), (0.0, 0.9), (0.5, 0.5)])
def test_the_formula(beta1, beta2):
    gradients = np.random.default_rng(0).standard_normal(50)
    w, dC_dw = np.zeros(1), np.zeros(1)
    settings = {"lr": 0.1, "beta1": beta1, "beta2": beta2, "eps": 0.01}
    opt = RAdam((w, dC_dw), **settings)
    got = []
    for dC_dw[0] in gradients:
        opt.step()
        got.append(w[0])
    assert got == pytest.approx(transcribed(gradients, **settings), rel=EXACT)


def test_the_first_steps_are_those_of_momentum():
    # m_hat is the weighted mean of all gradients so far: 4, then (2 - 8) / 3
    w, dC_dw = np.zeros(1), np.array([4.0])
    opt = RAdam((w, dC_dw), lr=1, beta1=0.5)
    opt.step()
    dC_dw[:] = -4
    opt.step()
    assert w == pytest.approx([-4 + 4 / 3], rel=1e-15)


def test_rectification_grows_to_1():
    qs = [rectification(0.99, k) for k in range(1, 3000)]
    assert qs[:5] == [None] * 5 and None not in qs[5:]
    assert (np.diff(qs[5:]) >= 0).all() and qs[-1] == pytest.approx(1, rel=1e-9)
    # a mean over so few gradients is never trusted
    assert rectification(2 / 3, 1000) is None


def test_penalties_are_part_of_the_gradient():
    def first(gradient, **settings):
        w, dC_dw = np.array([2.0]), np.array([gradient])
        RAdam((w, dC_dw), lr=0.1, **settings).step()
        return w[0]

    assert first(3.0, weight_decay=0.5, l1=0.25) == first(4.25)
    decoupled = first(3.0, weight_decay=0.5, decoupled=True)
    assert decoupled == pytest.approx(first(3.0) - 0.1, rel=1e-14)
