"""CMAES and DE: the transcribed method, bounds, runs that stop or begin anew."""

import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import CMAES, DE
from nnmods.testing.compare import EXACT


def sphere(n=3):
    w, dC_dw = np.linspace(1, 2, n), np.full(n, np.nan)  # no gradient is looked at
    return w, dC_dw, lambda: float((w * w).sum())


def barecmaes(cost, x, sigma, rng, generations):
    """Hansen's ``barecmaes2.py``, loop by loop; return the best of each generation."""
    n = len(x)
    lam = 4 + int(3 * math.log(n))
    mu = lam / 2
    weights = [math.log(mu + 0.5) - math.log(i + 1) for i in range(int(mu))]
    weights = np.array(weights) / sum(weights)
    mueff = 1 / (weights**2).sum()
    cc = (4 + mueff / n) / (n + 4 + 2 * mueff / n)
    cs = (mueff + 2) / (n + mueff + 5)
    c1 = 2 / ((n + 1.3) ** 2 + mueff)
    cmu = min(1 - c1, 2 * (mueff - 2 + 1 / mueff) / ((n + 2) ** 2 + mueff))
    damps = 2 * mueff / lam + 0.3 + cs
    C, pc, ps, count, best = np.eye(n), np.zeros(n), np.zeros(n), 0, []
    for _ in range(generations):
        variances, B = np.linalg.eigh(C, "U")  # whose signs are free
        root = B * np.sqrt(variances)
        points = np.array(
            [x + sigma * root @ rng.standard_normal(n) for _ in range(lam)]
        )
        count += lam
        costs = np.array([cost(p) for p in points])
        points = points[np.argsort(costs)][: int(mu)]
        best.append(costs.min())
        old, x = x, weights @ points
        y = x - old
        z = B @ ((B.T @ y) / np.sqrt(variances))
        ps = (1 - cs) * ps + math.sqrt(cs * (2 - cs) * mueff) / sigma * z
        h = ps @ ps / n / (1 - (1 - cs) ** (2 * count / lam)) < 2 + 4 / (n + 1)
        pc = (1 - cc) * pc + h * math.sqrt(cc * (2 - cc) * mueff) / sigma * y
        c1a = c1 * (1 - (1 - h**2) * cc * (2 - cc))
        C = (1 - c1a - cmu) * C + c1 * np.outer(pc, pc)
        for weight, p in zip(weights, points, strict=True):
            C += cmu * weight * np.outer(p - old, p - old) / sigma**2
        sigma *= math.exp(min(0.6, cs / damps * (ps @ ps / n - 1) / 2))
    return np.array(best)


@pytest.mark.parametrize("n", [2, 3, 4])  # 6, 7 and 8 candidates
def test_cmaes_is_the_method_as_its_author_wrote_it(n):
    def cost(p):
        return float((p**2 * 10.0 ** np.arange(n)).sum())

    w, dC_dw = np.linspace(1, 2, n), np.zeros(n)
    start = w.copy()
    opt = CMAES((w, dC_dw), sigma=0.3, rng=7, max_iter=12)
    first = opt.step(lambda: cost(w))
    wanted = barecmaes(cost, start, 0.3, np.random.default_rng(7), 12)
    assert first == cost(start) == opt.costs[0]
    np.testing.assert_allclose(opt.costs[1:-1], wanted, rtol=EXACT)
    assert opt.costs[-1] == min(opt.costs) == cost(w)


@pytest.mark.parametrize("make", [CMAES, DE])
def test_w_is_the_best_of_all_points(make):
    w, dC_dw, cost = sphere()
    seen = []

    def fun():
        seen.append(cost())
        return seen[-1]

    opt = make((w, dC_dw), max_iter=3, rng=0)
    for _ in range(5):
        opt.step(fun)
        assert cost() == min(seen) == opt.best_cost
        np.testing.assert_array_equal(w, opt.best)
    assert opt.generation == 15


def test_steps_of_one_generation_are_one_run():
    ends = []
    for max_iter, steps in ((1, 12), (4, 3)):
        for make in (CMAES, DE):
            w, dC_dw, fun = sphere()
            opt = make((w, dC_dw), max_iter=max_iter, rng=3)
            for _ in range(steps):
                opt.step(fun)
            ends.append(w)
    np.testing.assert_array_equal(ends[0], ends[2])
    np.testing.assert_array_equal(ends[1], ends[3])


def test_why_a_run_of_cmaes_stops():
    reasons = {}
    for name, settings in {
        "evaluations": {"max_evals": 30},
        "target": {"target": 0.01},
        "tol_fun": {},
    }.items():
        w, dC_dw, fun = sphere()
        opt = CMAES((w, dC_dw), max_iter=1000, rng=0, **settings)
        opt.step(fun)
        reasons[name] = opt.stopped
        calls = opt.evaluations
        cost = fun()
        assert opt.step(fun) == cost and opt.evaluations == 0 < calls
    assert list(reasons) == list(reasons.values())
    w, dC_dw, _ = sphere()
    opt = CMAES((w, dC_dw), max_iter=1000, rng=0, max_evals=10_000)
    opt.step(lambda: float((w * (1, 1e4, 1e8)) @ w))
    assert opt.stopped in ("condition", "tol_fun")
    w[...] = 1
    opt = CMAES((w, dC_dw), max_iter=5, min_iter=4, rng=0)
    opt.step(lambda: 3.0)
    assert opt.stopped == "tol_fun" and opt.generation == 4


@pytest.mark.parametrize("make", [CMAES, DE])
def test_without_a_number_of_generations_a_step_is_a_run(make):
    w, dC_dw, fun = sphere()
    opt = make((w, dC_dw), max_iter=None, max_evals=120, rng=0)
    for _ in range(2):
        before = fun()
        assert opt.step(fun) == before > fun()
        assert opt.stopped == "evaluations" and 100 < opt.evaluations <= 121 + 7


def test_cmaes_draws_what_torch7_draws():
    seen = []
    for rng in (nn.Torch7Generator(9), 9):
        w, dC_dw, cost = sphere()
        opt = CMAES((w, dC_dw), rng=rng)
        points = []
        opt.step(lambda points=points, w=w: points.append(w.copy()) or 0.0)
        seen.append(np.array(points[1:]))
    normal = nn.Torch7Generator(9).standard_normal((7, 3))
    np.testing.assert_allclose(seen[0], np.linspace(1, 2, 3) + 0.5 * normal, rtol=EXACT)
    assert not np.isclose(seen[0], seen[1]).any()


def test_the_start_counts_but_in_torch7():
    for torch7 in (False, True):
        w, dC_dw = np.zeros(3), np.zeros(3)
        opt = CMAES((w, dC_dw), torch7=torch7, rng=0)
        opt.step(lambda w=w: float((w * w).sum()))
        assert w.any() == torch7
        opt = DE((w, dC_dw), torch7=torch7, rng=0)
        w.fill(0)
        opt.step(lambda w=w: float((w * w).sum()))
        assert w.any() == torch7


@pytest.mark.parametrize("crossover", [0.0, 0.5, 1.0])
def test_children_differ_where_they_are_to(crossover):
    w, dC_dw, _ = sphere(50)
    opt = DE((w, dC_dw), popsize=10, crossover=crossover, rng=0)
    points = []
    opt.step(lambda: points.append(w.copy()) or 1.0 + len(points))
    members, children = np.array(points[:10]), np.array(points[10:])
    changed = (members != children).sum(axis=1)
    if crossover == 0.5:
        assert 15 < changed.mean() < 35
    else:
        assert (changed == (1 if crossover == 0 else 50)).all()
    # of the first kind: the best, the first here, and half a difference of two others
    where = np.argwhere(members != children)
    for i, j in where[:40]:
        half = 0.5 * (members[:, None, j] - members[None, :, j])
        half[i] = half[:, i] = np.nan
        assert np.nanmin(np.abs(members[0, j] + half - children[i, j])) < EXACT


def test_bounds():
    low, high = np.array([-1.0, 0.0, 2.0]), np.array([0.0, 0.5, 3.0])
    for clip in (False, True):
        w, dC_dw, cost = sphere()
        w[...] = (-0.5, 0.25, 2.5)
        points = []
        opt = DE((w, dC_dw), low, high, clip, rng=0, max_iter=20)

        def fun(w=w, cost=cost, points=points):
            points.append(w.copy())
            return cost()

        opt.step(fun)
        first = np.array(points[:30])
        assert ((first >= low) & (first <= high)).all() and np.ptp(first[:, 0]) > 0.5
        inside = ((np.array(points) >= low) & (np.array(points) <= high)).all()
        assert inside == clip
        if clip:
            np.testing.assert_array_equal(w, [0, 0, 2])


def test_nan_is_never_the_best():
    for make in (CMAES, DE):
        w, dC_dw, cost = sphere()
        opt = make((w, dC_dw), rng=0, max_iter=30)
        start = opt.step(lambda w=w, cost=cost: cost() if w[0] > 0.5 else np.nan)
        assert w[0] > 0.5 and cost() < start
