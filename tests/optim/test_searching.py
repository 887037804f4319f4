"""What every method that evaluates the cost itself keeps to."""

import copy
import json
import pickle

import numpy as np
import pytest
from memory import taken

import nnmods as nn
from nnmods import optim
from nnmods.testing.compare import EXACT, ROUNDING_SINGLE

MAKERS = {
    "CG": lambda pair, **own: optim.CG(pair, **{"max_iter": 4, **own}),
    "LBFGS": lambda pair, **own: optim.LBFGS(
        pair, **{"max_iter": 3, "history": 2, **own}
    ),
    "LBFGS fixed": lambda pair, **own: optim.LBFGS(
        pair, **{"lr": 0.05, "max_iter": 3, "history": 2, "line_search": None, **own}
    ),
    "FISTA": lambda pair, **own: optim.FISTA(
        pair, **{"l1": 1e-3, "max_iter": 3, "tol": 0.0, **own}
    ),
    "ISTA": lambda pair, **own: optim.FISTA(
        pair, **{"accelerated": False, "max_iter": 3, "tol": 0.0, **own}
    ),
    "CMAES": lambda pair, **own: optim.CMAES(pair, **{"rng": 0, **own}),
    "CMAES of Torch7": lambda pair, **own: optim.CMAES(
        pair, **{"rng": nn.Torch7Generator(1), **own}
    ),
    "DE": lambda pair, **own: optim.DE(
        pair, **{"low": -3, "high": 3, "popsize": 20, "rng": 0, **own}
    ),
}
DRAWING = {"CMAES", "CMAES of Torch7", "DE"}


class Bowl:
    """A convex function of 3 weights that is no parabola, least at (1, -0.5, 0.25)."""

    def __init__(self, dtype="float64"):
        self.w = np.array([2.0, 1.0, -1.0], dtype)
        self.dC_dw = np.full_like(self.w, 7)
        self.least = np.array([1.0, -0.5, 0.25], dtype)
        self.calls, self.fails_at, self.seen = 0, None, []

    def pair(self):
        return self.w, self.dC_dw

    def __call__(self):
        self.calls += 1
        self.seen.append(self.w.copy())
        if self.calls == self.fails_at:
            raise KeyboardInterrupt
        away = self.w - self.least
        scale = np.array([1.0, 4.0, 9.0], self.w.dtype)
        self.dC_dw[...] = scale * away + away**3
        return float((scale * away**2 / 2 + away**4 / 4).sum())


def run(opt, fun, steps):
    return [opt.step(fun) for _ in range(steps)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", MAKERS)
def test_steps_go_to_the_minimum(name, dtype):
    fun = Bowl(dtype)
    opt = MAKERS[name](fun.pair())
    penalty = 1e-3 * float(np.abs(fun.w).sum()) if name == "FISTA" else 0.0
    assert run(opt, fun, 1) == [Bowl(dtype)() + penalty] and opt.w is fun.w
    run(opt, fun, 99)
    assert opt.t == 100 and fun.w.dtype == dtype
    if "STA" in name:  # beside the minimum of the cost alone
        opt.l1 = 0.0
        run(opt, fun, 99)
    steps = 200 if name in DRAWING else 20
    run(opt, fun, steps)
    accuracy = 1e-3 if dtype == "float32" or name in DRAWING else 1e-4
    np.testing.assert_array_less(np.abs(fun.w - fun.least), accuracy)


@pytest.mark.parametrize("name", MAKERS)
def test_counts_and_costs(name):
    fun = Bowl()
    opt = MAKERS[name](fun.pair())
    for _ in range(4):
        calls, before = fun.calls, fun.w.copy()
        C = opt.step(fun)
        assert opt.evaluations == fun.calls - calls > 0
        assert opt.costs[0] == C
        probe = Bowl()
        probe.w[...] = before
        if name in DRAWING:
            assert C == probe()
        elif name == "FISTA":
            assert C == probe() + 1e-3 * np.abs(before).sum()
        else:
            assert C == probe() and C >= opt.costs[-1]


def as_arrays(value):
    """Return a state as a file of arrays gives it back, but for the generator's."""
    if isinstance(value, dict):
        return {k: v if k == "rng" else as_arrays(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_arrays(entry) for entry in value]
    return np.array(value)


@pytest.mark.parametrize("stored", [as_arrays, copy.deepcopy])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", MAKERS)
def test_a_run_goes_on_from_its_state_with_the_same_bits(name, dtype, stored):
    whole, first, second = Bowl(dtype), Bowl(dtype), Bowl(dtype)
    opt = MAKERS[name](whole.pair())
    costs = run(opt, whole, 9)
    opt = MAKERS[name](first.pair())
    begun = run(opt, first, 4)
    state = stored(opt.state_dict())
    run(opt, first, 1)  # the state is a copy
    later = MAKERS[name](second.pair())
    later.load_state_dict(state)
    second.w[...] = whole_after(name, dtype, 4)
    assert begun + run(later, second, 5) == costs
    np.testing.assert_array_equal(second.w, whole.w)


def whole_after(name, dtype, steps):
    fun = Bowl(dtype)
    run(MAKERS[name](fun.pair()), fun, steps)
    return fun.w


@pytest.mark.parametrize("name", MAKERS)
def test_states_are_plain_trees_and_checked(name):
    fun = Bowl()
    opt = MAKERS[name](fun.pair())
    run(opt, fun, 3)
    state = opt.state_dict()
    json.dumps(state, default=lambda value: value.tolist())
    before = pickle.dumps(state)
    with pytest.raises(ValueError, match="state has names"):
        opt.load_state_dict(state | {"surplus": 1})
    with pytest.raises((TypeError, ValueError)):
        opt.load_state_dict(state | {"t": -1})
    for broken in ("L", "generation", "length"):
        if broken in state:
            with pytest.raises(ValueError, match=f"{broken} has (dtype|shape)"):
                opt.load_state_dict(state | {broken: "x", "t": 7})
    if name in DRAWING:
        with pytest.raises(ValueError, match="rng has the state of a .*, expected"):
            other = np.random.Generator(np.random.SFC64(0))
            opt.load_state_dict(state | {"rng": nn_state(other)})
        with pytest.raises(ValueError, match="rng has a broken generator state"):
            opt.load_state_dict(state | {"rng": {"bits": 3}})
        with pytest.raises(ValueError, match="best has shape"):
            opt.load_state_dict(state | {"best": np.zeros(2)})
    assert pickle.dumps(opt.state_dict()) == before


def nn_state(rng):
    return {"bits": rng.bit_generator.state, "seeds": None}


@pytest.mark.parametrize("call", [1, 2, 5])
@pytest.mark.parametrize("name", MAKERS)
def test_an_interrupted_step_leaves_an_accepted_point(name, call):
    fun = Bowl()
    opt = MAKERS[name](fun.pair())
    run(opt, fun, 2)
    fun.fails_at, before = fun.calls + call, fun.w.copy()
    cost = Bowl()
    cost.w[...] = before
    try:
        opt.step(fun)
        assert opt.evaluations < call
    except KeyboardInterrupt:
        assert opt.t == 2
        assert any((fun.w == point).all() for point in [before, *fun.seen])
        if not name.startswith("FISTA"):  # whose cost may rise
            assert fun() <= cost()
        if call <= 2:
            np.testing.assert_array_equal(fun.w, before)
    fun.fails_at = None
    run(opt, fun, 150)
    assert fun() < 1e-3


@pytest.mark.parametrize("wrong", ["cost", "gradient", "both"])
@pytest.mark.parametrize("name", MAKERS)
def test_nan_ends_the_step_quietly(name, wrong):
    fun = Bowl()
    opt = MAKERS[name](fun.pair())

    def broken():
        C = fun()
        if wrong != "cost":
            fun.dC_dw[1] = np.nan
        return C if wrong == "gradient" else np.nan

    C = opt.step(broken)
    assert opt.evaluations <= 200
    assert np.isnan(C) or wrong == "gradient"
    if name not in ("LBFGS fixed", "FISTA", "ISTA"):
        assert np.isfinite(fun.w).all()


@pytest.mark.parametrize("name", ["CG", "LBFGS"])
def test_a_wall_of_nan_is_not_entered(name):
    w, dC_dw = np.array([2.0]), np.zeros(1)

    def fun():  # least at 1, and undefined below 0.5
        inside = w[0] > 0.5
        dC_dw[0] = 40 * (w[0] - 1) if inside else np.nan
        return 20 * (w[0] - 1) ** 2 if inside else np.nan

    opt = MAKERS[name]((w, dC_dw), max_iter=20)
    run(opt, fun, 5)
    np.testing.assert_allclose(w, 1, atol=1e-4)


@pytest.mark.parametrize("name", MAKERS)
def test_no_parameters(name):
    opt = MAKERS[name](nn.ReLU())
    for _ in range(3):
        assert opt.step(lambda: 2.5) == 2.5
    assert opt.w.size == 0


@pytest.mark.parametrize(
    "make", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
@pytest.mark.parametrize("name", MAKERS)
def test_copies_go_on_alike(name, make):
    net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    x = np.random.default_rng(0).standard_normal((20, 2))
    target, criterion = np.sin(x.sum(axis=1, keepdims=True)), nn.MSECriterion()

    def fun_of(opt):
        def fun():
            opt.zero_grad()
            y = opt.net.forward(x)
            C = criterion.forward(y, target)
            opt.net.backprop(x, criterion.backward(y, target), input_grad=False)
            return C

        return fun

    opt = MAKERS[name](net)
    run(opt, fun_of(opt), 3)
    other = make(opt)
    assert other.net is not net
    # where memory lies decides how products are summed up
    costs = run(other, fun_of(other), 3), run(opt, fun_of(opt), 3)
    np.testing.assert_allclose(*costs, rtol=EXACT)
    np.testing.assert_allclose(other.w, opt.w, rtol=EXACT)
    net.astype("float32")
    with pytest.raises(RuntimeError, match="make a new"):
        opt.step(fun_of(opt))


@pytest.mark.parametrize("name", ["CG", "LBFGS", "LBFGS fixed", "FISTA", "ISTA"])
def test_later_steps_allocate_nothing_of_the_size_of_w(name):
    w, dC_dw = np.ones(100_000, np.float32), np.zeros(100_000, np.float32)
    scale = np.linspace(0.5, 1, w.size, dtype=np.float32)

    def fun():
        np.multiply(w, scale, out=dC_dw)
        return float(np.vdot(w, dC_dw)) / 2

    opt = MAKERS[name]((w, dC_dw), **({} if "STA" in name else {"max_iter": 4}))
    for _ in range(3):
        w.fill(1)
        opt.step(fun)
    w.fill(1)
    assert taken(lambda: opt.step(fun)) < w.nbytes / 2
    assert opt.evaluations > 2


@pytest.mark.parametrize("name", MAKERS)
def test_a_function_is_needed(name):
    opt = MAKERS[name](Bowl().pair())
    assert opt.needs_fun
    for wrong in (None, 3.0):
        with pytest.raises(TypeError, match=r"fun has type .*, expected a callable"):
            opt.step(wrong)
    assert opt.t == 0


@pytest.mark.parametrize("name", ["CG", "LBFGS"])
def test_long_vectors_are_summed_as_short_ones(name):
    """Weights past one piece of a sum, all alike, move alike."""
    ends = []
    for n in (4, 40_000):
        w, dC_dw = np.full(n, 2.0, np.float32), np.zeros(n, np.float32)

        def fun(w=w, dC_dw=dC_dw):
            np.subtract(w, 1, out=dC_dw)
            return float(np.mean(dC_dw, dtype=np.float64) ** 2) / 2 * w.size

        run(MAKERS[name]((w, dC_dw), max_iter=20), fun, 6)
        ends.append(w)
    assert np.ptp(ends[1]) == 0
    np.testing.assert_allclose(ends[1], 1, rtol=ROUNDING_SINGLE)


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda p: optim.CG(p, max_iter=0), "max_iter has value 0, expected at least"),
        (lambda p: optim.CG(p, max_evals=0.5), "max_evals has type float, expected"),
        (lambda p: optim.CG(p, sig=2), "sig has value 2, expected a number from 0"),
        (lambda p: optim.CG(p, extrap=1), "extrap has value 1, expected a number > 1"),
        (lambda p: optim.LBFGS(p, history=0), "history has value 0, expected at least"),
        (lambda p: optim.LBFGS(p, tol_x=-1), "tol_x has value -1, expected a finite"),
        (
            lambda p: optim.LBFGS(p, line_search="armijo"),
            "line_search has value 'armijo', expected 'wolfe', a callable or None",
        ),
        (lambda p: optim.FISTA(p, L=0), "L has value 0, expected a number > 0"),
        (lambda p: optim.FISTA(p, growth=1), "growth has value 1, expected a number >"),
        (
            lambda p: optim.FISTA(p, prox=abs),
            "penalty has type NoneType, expected a callable",
        ),
        (
            lambda p: optim.FISTA(p, 1.0, prox=abs, penalty=abs),
            "l1 has value 1.0, expected 0 beside a prox",
        ),
        (lambda p: optim.CMAES(p, sigma=0), "sigma has value 0, expected a number > 0"),
        (lambda p: optim.CMAES(p, popsize=3), "popsize has value 3, expected at least"),
        (lambda p: optim.DE(p, crossover=2), "crossover has value 2, expected"),
        (lambda p: optim.DE(p, max_iter=None), "max_evals has value None, expected a"),
        (lambda p: optim.DE(p, low=2), "low has value 2, expected at most high, 1.0"),
        (lambda p: optim.DE(p, low=np.zeros(2)), r"low has shape \(2,\), expected"),
        (lambda p: optim.DE(p, high=np.inf), "high has value inf, expected finite"),
        (lambda p: optim.DE(p, high="1"), "high has dtype .*, expected numbers"),
    ],
)
def test_what_is_refused(make, text):
    with pytest.raises((TypeError, ValueError), match=f"^[A-Z]+: {text}"):
        make(Bowl().pair())
