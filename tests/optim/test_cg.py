"""CG: Rasmussen's own example, exact line searches, and its limits."""

import numpy as np
import pytest

from nnmods.optim import CG
from nnmods.testing.compare import ROUNDING_SINGLE


def rosenbrock():
    w, dC_dw = np.zeros(2), np.zeros(2)

    def fun():
        x, y = w
        dC_dw[...] = -400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)
        return float(100 * (y - x * x) ** 2 + (1 - x) ** 2)

    return w, dC_dw, fun


def test_the_example_of_minimize():
    """25 line searches from (0, 0) reach (1, 1), as its author writes."""
    w, dC_dw, fun = rosenbrock()
    opt = CG((w, dC_dw), max_evals=70)
    assert opt.step(fun) == 1.0
    assert 15 <= len(opt.costs) - 1 <= 30
    assert all(np.diff(opt.costs) < 0)
    np.testing.assert_allclose(w, 1, rtol=ROUNDING_SINGLE)
    assert fun() == opt.costs[-1]


def test_n_exact_line_searches_solve_a_parabola():
    A = np.diag([1.0, 4.0, 10.0]) + 0.5
    w, dC_dw = np.array([3.0, -1.0, 2.0]), np.zeros(3)

    def fun():
        dC_dw[...] = A @ w
        return float(w @ A @ w) / 2

    # next to exact, by a tight limit of the slope
    opt = CG((w, dC_dw), max_evals=40, sig=1e-4, rho=1e-5)
    opt.step(fun)
    assert opt.costs[3] < 1e-6 * opt.costs[0]
    assert opt.costs[2] > 1e3 * opt.costs[3]


@pytest.mark.parametrize("sig", [0.1, 0.5])
@pytest.mark.parametrize("rho", [0.01, 0.05])
def test_points_meet_the_conditions(sig, rho):
    w, dC_dw, fun = rosenbrock()
    seen = []

    def noting():
        C = fun()
        seen.append((C, w.copy(), dC_dw.copy()))
        return C

    opt = CG((w, dC_dw), rho=rho, sig=sig, max_evals=60)
    opt.step(noting)
    ends = [next(e for e in seen if e[0] == C) for C in opt.costs]
    for (C, start, g), (C_end, end, g_end) in zip(ends, ends[1:], strict=False):
        move = end - start
        assert C_end <= C + rho * (g @ move) and g @ move < 0
        assert abs(g_end @ move) <= sig * abs(g @ move)


@pytest.mark.parametrize("max_evals", [1, 2, 7, 20, 33.5])
def test_evaluations_are_limited(max_evals):
    w, dC_dw, fun = rosenbrock()
    opt = CG((w, dC_dw), max_iter=5, max_evals=max_evals)
    opt.step(fun)
    assert opt.evaluations <= max_evals + 5
    assert opt.evaluations >= min(max_evals, 7)


def test_a_failed_line_search_changes_nothing():
    w, dC_dw = np.array([3.0]), np.zeros(1)

    def fun():  # the gradient points the wrong way
        dC_dw[...] = -w
        return float(w[0] ** 2)

    opt = CG((w, dC_dw))
    assert opt.step(fun) == 9.0
    assert w[0] == 3 and dC_dw[0] == -3 and opt.costs == [9.0]


def test_what_falls_for_ever_ends():
    for max_iter in (3, 20):
        w, dC_dw = np.zeros(2), np.zeros(2)

        def fun(w=w, dC_dw=dC_dw):
            dC_dw.fill(-1)
            return -float(w.sum())

        opt = CG((w, dC_dw), max_iter=max_iter)
        with np.errstate(all="ignore"):
            opt.step(fun)
        assert opt.evaluations < 1000


def test_at_a_minimum_it_stays():
    w, dC_dw = np.zeros(2), np.zeros(2)
    opt = CG((w, dC_dw))
    assert opt.step(lambda: 1.0) == 1.0
    assert not w.any() and opt.evaluations <= 25
