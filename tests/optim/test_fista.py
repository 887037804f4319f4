"""FISTA: exact zeros, other penalties, and the conditions of a solution."""

import numpy as np
import pytest

from nnmods.optim import FISTA
from nnmods.testing.compare import EXACT, SINGLE

RNG = np.random.default_rng(0)
A = RNG.standard_normal((30, 8))
B = A @ np.array([2.0, 0, 0, -1, 0, 0.5, 0, 0]) + 0.1 * RNG.standard_normal(30)


def lasso(dtype=np.float64):
    a, b = A.astype(dtype), B.astype(dtype)
    w, dC_dw = np.ones(8, dtype), np.zeros(8, dtype)

    def fun():
        residual = a @ w - b
        dC_dw[...] = a.T @ residual
        return float(residual @ residual) / 2

    return w, dC_dw, fun


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("accelerated", [False, True])
def test_the_conditions_of_the_lasso_are_met(accelerated, dtype):
    w, dC_dw, fun = lasso(dtype)
    opt = FISTA((w, dC_dw), l1=4.0, accelerated=accelerated, tol=0.0, max_iter=400)
    opt.step(fun)
    zero = w == 0
    assert 3 <= zero.sum() <= 5  # exactly
    fun()
    accuracy = 4e3 * SINGLE if dtype == "float32" else 4 * SINGLE
    np.testing.assert_allclose(dC_dw[~zero], -4 * np.sign(w[~zero]), rtol=accuracy)
    assert (np.abs(dC_dw[zero]) <= 4 * (1 + accuracy)).all()
    np.testing.assert_array_equal(opt.x == 0, zero)


def test_acceleration_is_faster_on_a_narrow_valley():
    costs = {}
    for accelerated in (False, True):
        w, dC_dw = np.ones(2), np.zeros(2)

        def fun(w=w, dC_dw=dC_dw):
            dC_dw[...] = w * (1, 1e-3)
            return float(w @ dC_dw) / 2

        opt = FISTA((w, dC_dw), accelerated=accelerated, L=1, tol=0, max_iter=100)
        opt.step(fun)
        costs[accelerated] = fun()
    assert costs[True] < costs[False] / 10


def test_an_iteration_by_hand():
    w, dC_dw = np.array([4.0, 0.5]), np.zeros(2)

    def fun():
        dC_dw[...] = w
        return float(w @ w) / 2

    opt = FISTA((w, dC_dw), l1=1.0, L=0.5, growth=4.0, max_iter=1)
    assert opt.step(fun) == 8.125 + 4.5
    # L = 0.5 fails; L = 2: w - w/2 = (2, 0.25), less 1/2
    np.testing.assert_array_equal(opt.x, [1.5, 0.0])
    np.testing.assert_array_equal(w, opt.x)
    assert opt.lines == [2] and opt.L == 2.0 and opt.costs[1] == 1.125 + 1.5
    k = (1 + 5**0.5) / 2
    following = (1 + (1 + 4 * k * k) ** 0.5) / 2
    opt.step(fun)
    np.testing.assert_array_equal(opt.x, [0.25, 0.0])
    ahead = 0.25 + (1 - k) / following * (1.5 - 0.25)
    np.testing.assert_allclose(w, [ahead, 0], rtol=EXACT)


def test_a_penalty_of_ones_own():
    """w >= 0: its prox is a projection."""
    w, dC_dw, fun = lasso()
    steps = []

    def project(w, h):
        steps.append(h)
        np.maximum(w, 0, out=w)

    opt = FISTA((w, dC_dw), prox=project, penalty=lambda w: 0.0, tol=0.0, max_iter=400)
    opt.step(fun)
    fun()
    assert opt.x.min() == 0 and steps[-1] == 1 / opt.L
    inside = w > 0
    np.testing.assert_allclose(dC_dw[inside], 0, atol=1e-5)
    assert (dC_dw[~inside] >= -1e-5).all()


def test_the_same_l1_by_its_prox():
    results = []
    for own in (False, True):
        w, dC_dw, fun = lasso()

        def prox(w, h):
            w[...] = np.sign(w) * np.maximum(np.abs(w) - 4 * h, 0)

        settings = {"l1": 4.0}
        if own:
            settings = {"prox": prox, "penalty": lambda w: 4 * np.abs(w).sum()}
        opt = FISTA((w, dC_dw), max_iter=20, tol=0.0, **settings)
        opt.step(fun)
        results.append(np.array([*opt.costs, *w]))
    np.testing.assert_allclose(*results, rtol=EXACT)


def test_where_no_parabola_fits_w_stays():
    w, dC_dw = np.array([1.0, 2.0]), np.zeros(2)

    def fun():
        dC_dw.fill(1)
        return 3.0 if (w == [1, 2]).all() else 5.0

    opt = FISTA((w, dC_dw), max_iter=1, max_line=3)
    opt.step(fun)
    np.testing.assert_array_equal(w, [1, 2])
    assert opt.lines == [4] and opt.evaluations == 6


def test_small_changes_end_a_step():
    w, dC_dw, fun = lasso()
    opt = FISTA((w, dC_dw), l1=4.0, tol=1e-3)
    opt.step(fun)
    assert len(opt.costs) < 40
    assert abs(opt.costs[-1] - opt.costs[-2]) <= 1e-3
    assert all(abs(d) > 1e-3 for d in np.diff(opt.costs)[1:-1])
