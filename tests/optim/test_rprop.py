"""Rprop: steps by hand, a transcription of its formula, and several at once."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory, transcribed

from nnmods.optim import Rprop
from nnmods.testing.compare import EXACT


def test_steps_by_hand():
    # steps 1, 2 (same sign), 1 (turned: rest), 1 (after a rest), 2, 2 (no gradient)
    gradients = [3, 1e-9, -5, -1, -2, 0]
    got = trajectory(Rprop, gradients, lr=1, eta_plus=2.0)
    assert got.tolist() == [-1, -3, -3, -2, 0, 0]


def test_steps_keep_within_bounds():
    got = trajectory(Rprop, [1] * 4, lr=1, eta_plus=2.0, max_step=3)
    assert got.tolist() == [-1, -3, -6, -9]
    got = trajectory(Rprop, [1, -1, 1, -1, 1, 1], lr=1, min_step=0.25)
    # steps 1, 0.5 (rest), 0.5, 0.25 (rest), 0.25, 0.3
    assert got == pytest.approx([-1, -1, -1.5, -1.5, -1.75, -2.05], rel=1e-15)
    assert trajectory(Rprop, [1], lr=9, max_step=3).tolist() == [-3]


def test_tiny_and_huge_gradients_have_signs():
    """The product of two such would be 0, or inf."""
    tiny, huge = np.float32(1e-40), np.float32(1e38)
    for g in (tiny, huge):
        got = trajectory(Rprop, [g, g, -g], dtype=np.float32, lr=1.0, eta_plus=2.0)
        assert got.tolist() == [-1, -3, -3]


def rule(lr=0.01, eta_minus=0.5, eta_plus=1.2, min_step=1e-6, max_step=50):
    step, size, before = None, np.full(6, lr), np.zeros(6)
    while True:
        g, _ = yield step
        g = g.copy()
        product = g * before
        size[product > 0] *= eta_plus
        size[product < 0] *= eta_minus
        size = np.clip(size, min_step, max_step)
        g[product < 0] = 0
        step, before = np.sign(g) * size, g


@pytest.mark.parametrize(
    "settings, penalties",
    [
        ({}, {}),
        ({"lr": 0.5, "eta_minus": 0.3, "eta_plus": 2.5}, {}),
        ({"min_step": 0.005, "max_step": 0.012}, {}),
        ({"lr": 0.1}, {"weight_decay": 0.5, "l1": 0.25}),
    ],
)
def test_transcription(settings, penalties):
    wanted = transcribed(rule(**settings), **penalties)
    got = trajectory(Rprop, GRADIENTS, START, **settings, **penalties)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)


def quadratic():
    """Return the vectors and the function of C = |w - 1|^2 / 2."""
    w, dC_dw = np.array([4.0, -1.0]), np.zeros(2)

    def fun():
        dC_dw[:] = w - 1
        return np.sum((w - 1) ** 2) / 2

    return w, dC_dw, fun


def test_several_iterations_are_several_steps():
    w, dC_dw, fun = quadratic()
    opt = Rprop((w, dC_dw), lr=0.5, iterations=3)
    other_w, other_dC_dw, other_fun = quadratic()
    other = Rprop((other_w, other_dC_dw), lr=0.5)
    assert opt.needs_fun and not other.needs_fun
    for _ in range(4):
        costs = [other.step(other_fun) for _ in range(3)]
        assert opt.step(fun) == costs[0] and opt.costs == costs
        np.testing.assert_array_equal(w, other_w)
    assert (opt.t, other.t) == (4, 12)
    before = w.copy()
    with pytest.raises(TypeError) as info:
        opt.step()
    assert str(info.value) == (
        "Rprop(2 parameters, lr=0.5, iterations=3): fun has type NoneType, expected a "
        "callable () -> C"
    )
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize(
    "settings, error, message",
    [
        ({"eta_plus": 0.9}, ValueError, "eta_plus has value 0.9, expected a number >="),
        ({"eta_minus": 1}, ValueError, "eta_minus has value 1, expected a number >= 0"),
        ({"min_step": 2, "max_step": 1}, ValueError, "min_step has value 2, expected"),
        ({"iterations": 0}, ValueError, "iterations has value 0, expected at least 1"),
        ({"iterations": 1.5}, TypeError, "iterations has type float, expected an"),
        (
            {"groups": {"*": {"iterations": 2}}},
            ValueError,
            "groups has iterations 2, expected 1 as in the whole",
        ),
    ],
)
def test_refusals(settings, error, message):
    with pytest.raises(error) as info:
        Rprop((np.ones(1), np.ones(1)), **settings)
    assert str(info.value).startswith(f"Rprop: {message}")
