"""objective: every method of SciPy's minimize takes it."""

import warnings

import numpy as np
import pytest
from scipy import optimize

import nnmods as nn
from nnmods.optim import objective
from nnmods.testing.compare import DIFFERENCES, EXACT

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 2))


def line(dtype="float64"):
    """Return the cost of a Linear, which is convex, and the least squares solution."""
    x = X.astype(dtype)
    target = x @ np.array([[1.0], [-2.0]], dtype) + x.dtype.type(0.5)
    net = nn.Linear(2, 1, rng=0).astype(dtype)
    return objective(net, nn.MSECriterion(), x, target), np.array([1.0, -2.0, 0.5])


def bent():
    net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    return objective(net, nn.MSECriterion(), X, np.sin(X.sum(axis=1, keepdims=True)))


GRADIENTS = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", "trust-constr"]
PRODUCTS = ["Newton-CG", "trust-ncg", "trust-krylov"]
MATRICES = ["dogleg", "trust-exact"]
COSTS = ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"]
METHODS = {
    **{name: {"jac": True} for name in GRADIENTS},
    **{name: {"jac": True, "hessp": True} for name in PRODUCTS},
    **{name: {"jac": True, "hess": True} for name in MATRICES},
    **{name: {} for name in COSTS},
}


def minimize(fun, method):
    settings = dict(METHODS[method])
    for name in ("hessp", "hess"):
        if name in settings:
            settings[name] = getattr(fun, name)
    called = fun if "jac" in settings else fun.cost
    options = {"COBYLA": {"tol": 1e-6}, "Nelder-Mead": {"tol": 1e-6}}.get(method, {})
    return optimize.minimize(called, fun.w0, method=method, **settings, **options)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_line(method):
    fun, wanted = line()
    result = minimize(fun, method)
    assert np.abs(result.x - wanted).max() < 1e-3 and result.success
    fun.put(result.x)
    np.testing.assert_array_equal(fun.net.flatten_parameters()[0], result.x)
    np.testing.assert_allclose(fun.net(X), fun.target, atol=1e-2)


# Not trust-krylov: see the docstring of Objective.
@pytest.mark.parametrize("method", ["CG", "BFGS", "L-BFGS-B", "TNC", "trust-ncg"])
def test_a_network_is_fitted(method):
    fun = bent()
    start = fun.cost(fun.w0)
    result = minimize(fun, method)
    assert result.fun < start / 20
    assert fun.cost(result.x) == result.fun


def test_global_methods():
    fun, wanted = line()
    hops = optimize.basinhopping(
        fun, fun.w0, niter=3, minimizer_kwargs={"jac": True}, rng=0
    )
    np.testing.assert_allclose(hops.x, wanted, atol=1e-4)
    box = [(-4, 4)] * 3
    found = optimize.dual_annealing(fun.cost, box, maxiter=40, x0=fun.w0, rng=0)
    np.testing.assert_allclose(found.x, wanted, atol=1e-4)


def test_gradients_are_ones_own_and_right():
    fun = bent()
    C, dC_dw = fun(fun.w0)
    kept, w = dC_dw.copy(), fun.w0 + 0.1
    before = w.copy()
    fun(w)
    np.testing.assert_array_equal(dC_dw, kept)
    np.testing.assert_array_equal(w, before)
    assert fun(fun.w0)[0] == C == fun.cost(fun.w0)
    dC_dw[...] = np.nan  # is the caller's
    np.testing.assert_array_equal(fun(fun.w0)[1], kept)
    differences = optimize.approx_fprime(fun.w0, fun.cost, 1e-7)
    np.testing.assert_allclose(kept, differences, atol=DIFFERENCES)


def test_the_hessian_of_a_line_is_known():
    fun, _ = line()
    design = np.column_stack([X, np.ones(len(X))])
    H = 2 * design.T @ design / len(X)
    np.testing.assert_allclose(fun.hess(fun.w0), H, rtol=0, atol=DIFFERENCES)
    p = np.array([1e5, 2e5, -3e5])  # of any length
    np.testing.assert_allclose(fun.hessp(fun.w0, p), H @ p, rtol=DIFFERENCES)
    assert not fun.hessp(fun.w0, np.zeros(3)).any()


def test_float32_nets():
    fun, wanted = line("float32")
    C, dC_dw = fun(fun.w0)
    assert isinstance(C, float) and dC_dw.dtype == fun.w0.dtype == np.float64
    result = optimize.minimize(fun, fun.w0, jac=True, method="L-BFGS-B")
    np.testing.assert_allclose(result.x, wanted, atol=1e-3)
    fun.put(result.x)
    assert fun.net.weight.dtype == np.float32
    design = np.column_stack([X, np.ones(len(X))])
    H = 2 * design.T @ design / len(X)
    np.testing.assert_allclose(fun.hess(fun.w0), H, rtol=0, atol=1e-3)


def test_tables_as_inputs():
    net = nn.Sequential(
        nn.ParallelTable(nn.Linear(2, 1, rng=0), nn.Linear(3, 1, rng=1)), nn.Add()
    )
    x = [X, RNG.standard_normal((30, 3))]
    target = x[0][:, :1] - x[1][:, 1:2]
    fun = objective(net, nn.MSECriterion(), x, target)
    result = optimize.minimize(fun, fun.w0, jac=True, method="BFGS")
    assert result.fun < 1e-8


def test_gradients_left_behind_do_not_count():
    fun = bent()
    wanted = fun(fun.w0)[1]
    fun.net.flatten_parameters()[1].fill(9)
    np.testing.assert_array_equal(fun(fun.w0)[1], wanted)


def test_a_net_that_moves_is_followed():
    fun, _ = line()
    C = fun.cost(fun.w0)
    outer = nn.Sequential(nn.Linear(4, 4), fun.net)
    outer.flatten_parameters()
    np.testing.assert_allclose(fun(fun.w0)[0], C, rtol=EXACT)
    fun.put(np.arange(3.0))
    np.testing.assert_array_equal(fun.net.bias, [2.0])


def test_dropout_draws_anew_unless_the_net_evaluates():
    net = nn.Sequential(nn.Linear(2, 50, rng=0), nn.Dropout(0.5), nn.Linear(50, 1))
    fun = objective(net, nn.MSECriterion(), X, X[:, :1])
    assert fun.cost(fun.w0) != fun.cost(fun.w0)
    net.evaluate()
    assert fun.cost(fun.w0) == fun.cost(fun.w0)


def test_wrong_lengths_are_refused_and_nan_goes_through():
    fun, _ = line()
    before = fun.net.flatten_parameters()[0].copy()
    for call in (fun, fun.cost, fun.put):
        with pytest.raises(ValueError, match=r"w has shape \(4,\), expected \(3,\)"):
            call(np.zeros(4))
    for w, p in [(fun.w0, np.ones(1)), (fun.w0, np.zeros(1)), (np.ones(1), fun.w0)]:
        with pytest.raises(ValueError, match=r"[pw] has shape \(1,\), expected \(3"):
            fun.hessp(w, p)
    np.testing.assert_array_equal(fun.net.flatten_parameters()[0], before)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        C, dC_dw = fun(np.full(3, np.nan))
    assert np.isnan(C) and np.isnan(dC_dw).all()
