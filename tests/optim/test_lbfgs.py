"""LBFGS: exact on parabolas, tolerances, memory, and the minimum that torch reaches."""

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.optim import LBFGS, lswolfe
from nnmods.testing.compare import EXACT, TRAJECTORY


def parabola(n=6, dtype=np.float64):
    """Return w, dC_dw, a function with a dense Hessian, and the Hessian."""
    M = np.random.default_rng(1).standard_normal((n, n))
    A = M @ M.T / n + np.eye(n)
    w, dC_dw = np.linspace(-2, 3, n).astype(dtype), np.zeros(n, dtype)

    def fun():
        dC_dw[...] = A @ w
        return float(w @ A @ w) / 2

    return w, dC_dw, fun, A


def test_directions_are_those_of_the_full_bfgs_matrix():
    """With all pairs kept, H is a scaled unit matrix, updated pair by pair."""
    w, dC_dw, fun, _ = parabola()
    opt = LBFGS((w, dC_dw), max_iter=1, line_search=None, lr=0.3, tol_fun=0, tol_x=0)
    places, gradients = [], []
    for k in range(6):
        places.append(w.copy())
        fun()
        gradients.append(dC_dw.copy())
        opt.step(fun)
        if k == 0:
            continue
        pairs = zip(np.diff(places, axis=0), np.diff(gradients, axis=0), strict=True)
        pairs = list(pairs)
        s, y = pairs[-1]
        H = np.eye(w.size) * (s @ y) / (y @ y)
        for s, y in pairs:
            V = np.eye(w.size) - np.outer(y, s) / (s @ y)
            H = V.T @ H @ V + np.outer(s, s) / (s @ y)
        np.testing.assert_allclose(
            w - places[-1], -0.3 * H @ gradients[-1], rtol=TRAJECTORY
        )


@pytest.mark.parametrize("history", [1, 3, 100])
def test_memory_is_limited_and_reused(history):
    w, dC_dw, fun, _ = parabola(40)
    opt = LBFGS((w, dC_dw), history=history, max_iter=5, tol_fun=0, tol_x=0)
    opt.step(fun)
    opt.step(fun)
    held = {id(v) for s, y, _ in opt._memory._pairs for v in (s, y)}
    assert (
        len(opt._memory._pairs)
        == min(history, 9)
        == len(opt.state_dict()["memory"]["pairs"])
    )
    opt.step(fun)
    if history == 3:  # one pair to spare goes round with the others
        later = {id(v) for s, y, _ in opt._memory._pairs for v in (s, y)}
        assert len(later - held) <= 2
    for _ in range(60):
        opt.step(fun)
    np.testing.assert_allclose(w, 0, atol=1e-5)


def test_tolerances_end_a_step():
    w, dC_dw, fun, _ = parabola()
    fun()
    size = float(np.abs(dC_dw).sum())
    opt = LBFGS((w, dC_dw), tol_fun=size)
    start = w.copy()
    opt.step(fun)
    assert opt.evaluations == 1 and opt.n_iter == 0 and (w == start).all()
    opt = LBFGS((w, dC_dw), max_iter=100, tol_fun=1e-2, tol_x=0)
    opt.step(fun)
    assert np.abs(dC_dw).sum() <= 1e-2 and opt.n_iter < 100
    opt = LBFGS((w, dC_dw), max_iter=100, max_evals=3, tol_fun=0, tol_x=0)
    w[...] = start
    opt.step(fun)
    assert 3 <= opt.evaluations <= 5
    w[...] = start
    opt = LBFGS((w, dC_dw), tol_fun=0, tol_x=1e6)  # no slope is steep enough
    opt.step(fun)
    assert opt.evaluations == 1 and (w == start).all()


def test_first_length_and_schedule():
    w, dC_dw = np.array([30.0, -10.0]), np.zeros(2)

    def fun():
        dC_dw[...] = w
        return float(w @ w) / 2

    opt = LBFGS((w, dC_dw), 0.5, 1, line_search=None, schedule=lambda t: 0.5**t)
    opt.step(fun)  # 0.5 / 40 of the gradient
    np.testing.assert_allclose(w, [30 - 0.375, -10 + 0.125], rtol=EXACT)
    opt.step(fun)  # a rate of 0.25, of a step that would be exact
    np.testing.assert_allclose(w, 0.75 * np.array([29.625, -9.875]), rtol=EXACT)


def test_a_line_search_of_ones_own():
    w, dC_dw, fun, A = parabola()
    seen = []

    def exact(fun, w, dC_dw, d, t, C, slope, scratch):
        seen.append(t)
        t = -slope / float(d @ A @ d)
        w += t * d
        return fun(), t

    opt = LBFGS((w, dC_dw), line_search=exact, max_iter=20, max_evals=99)
    opt.step(fun)
    assert opt.n_iter <= w.size + 2  # as conjugate gradients, which it then is
    np.testing.assert_allclose(w, 0, atol=1e-5)
    assert seen[1:] == [1.0] * len(seen[1:]) and "line_search=" in repr(opt)


def test_pairs_of_the_wrong_kind_are_refused():
    w, dC_dw, fun, _ = parabola()
    opt = LBFGS((w, dC_dw), history=2)
    opt.step(fun)
    state = opt.state_dict()
    memory = state["memory"]
    pair = memory["pairs"][0]
    for pairs in ([pair] * 3, [[*pair, pair[0]]], [[pair[0], pair[1][:-1]]]):
        with pytest.raises(ValueError, match="pairs has"):
            opt.load_state_dict(state | {"memory": memory | {"pairs": pairs}, "t": 9})
    assert opt.t == 1
    opt.load_state_dict(state)


def network(dtype="float64"):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 3)).astype(dtype)
    target = np.sin(x.sum(axis=1, keepdims=True))
    net = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
    net.astype(dtype)
    criterion = nn.MSECriterion()

    def fun():
        net.zero_grad_params()
        y = net.forward(x)
        C = criterion.forward(y, target)
        net.backprop(x, criterion.backward(y, target), input_grad=False)
        return C

    return net, fun, x, target


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_defaults_fit_a_network_well(dtype):
    net, fun, _, _ = network(dtype)
    opt = optim.LBFGS(net)
    start = opt.step(fun)
    for _ in range(20):
        opt.step(fun)
    assert fun() < 1e-4 < 0.1 < start


def test_it_reaches_what_torch_reaches():
    torch = pytest.importorskip("torch")
    net, fun, x, target = network()
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    ).double()
    for p, q in zip(theirs.parameters(), net.parameters()[0], strict=True):
        p.data[...] = torch.from_numpy(q.copy())
    x, target = torch.from_numpy(x), torch.from_numpy(target)
    other = torch.optim.LBFGS(theirs.parameters(), line_search_fn="strong_wolfe")

    def closure():
        other.zero_grad()
        C = torch.nn.functional.mse_loss(theirs(x), target)
        C.backward()
        return C

    opt = LBFGS(net)
    starts = [other.step(closure).item(), opt.step(fun)]
    np.testing.assert_allclose(*starts, rtol=EXACT)
    for _ in range(30):
        other.step(closure)
        opt.step(fun)
    assert fun() < 1e-4 and closure().item() < 1e-4


def test_options_of_the_line_search_come_from_torch7():
    config = {"lineSearch": "lswolfe", "lineSearchOptions": {"c2": 0.01, "maxIter": 7}}
    w, dC_dw, fun, _ = parabola()
    opt = optim.from_torch7("lbfgs", config, w, dC_dw)
    assert opt.line_search.func is lswolfe
    assert opt.line_search.keywords["c2"] == 0.01
    assert opt.line_search.keywords["max_iter"] == 7
    opt.step(fun)
    np.testing.assert_allclose(w, 0, atol=1e-4)
