"""Trajectories of Torch7's methods that evaluate the cost as often as they need."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import from_torch7
from nnmods.testing.compare import ROUNDING, TRAJECTORY, require_close
from torch7.golden import cases
from torch7.objectives import Objective

#: Algorithms compared here; test_optimizers.py has the others.
SEARCHES = ("cg", "lbfgs", "cmaes", "de")
(DATA,) = [case for case in cases() if case.kind == "optim_data"]
CASES = [case for case in cases() if case.entry.get("algorithm") in SEARCHES]
#: The seed of the CMAES case, which is not recorded: of 0 ... 100000 it alone draws the
#: recorded first generation.
SEED = 5
#: Steps of a case from which on Torch7's costs differ by their rounding only: there the
#: last digits decide what a line search takes, and how often it looks.
AT_ROUNDING = {"optim.cg.logreg.01": 2}
FISTA = [case for case in cases() if case.kind == "fista"]


def params(chosen):
    return [pytest.param(case, id=case.id) for case in chosen]


def options(case):
    """Return Torch7's config of a case."""
    config = case.entry["config"]
    if config.get("lineSearch") == "<lswolfe>":
        return config | {"lineSearch": "lswolfe"}
    return config


def close(opt, what, got, wanted):
    require_close(opt, what, np.array(got), wanted, TRAJECTORY, ROUNDING)


@pytest.mark.parametrize("case", params(CASES))
def test_steps_are_those_of_torch7(case):
    fun = Objective(case, DATA)
    nn.manual_seed(nn.Torch7Generator(SEED))
    opt = from_torch7(case.entry["algorithm"], options(case), fun.w, fun.dC_dw)
    fx, x = case.array("fx"), case.array("x")
    ends = np.cumsum([0, *case.array("fx_count")]).astype(int)
    alike = AT_ROUNDING.get(case.id, case.entry["steps"])
    assert np.ptp(fx[ends[alike] - 1 :]) <= ROUNDING or alike == len(ends) - 1
    trajectory, costs, counts, calls = [fun.w.copy()], [], [], []
    for _ in range(case.entry["steps"]):
        assert opt.step(fun) == opt.costs[0]
        trajectory.append(fun.w.copy())
        costs += opt.costs
        counts.append(len(opt.costs))
        calls.append(fun.calls)
    assert counts[:alike] == case.array("fx_count")[:alike].tolist()
    assert calls[:alike] == case.array("nevals")[:alike].tolist()
    close(opt, "x", trajectory[: alike + 1], x[: alike + 1])
    close(opt, "f(x)", costs[: ends[alike]], fx[: ends[alike]])
    close(opt, "the last f(x)", [costs[0], costs[-1]], fx[[0, -1]])
    for got, wanted in zip(trajectory, x, strict=True):  # to the end, as vectors
        assert np.linalg.norm(got - wanted) <= TRAJECTORY * np.linalg.norm(wanted)


def test_every_search_is_compared():
    assert {case.entry["algorithm"] for case in CASES} == set(SEARCHES)
    assert len(CASES) == 16 and len(FISTA) == 2


@pytest.mark.parametrize("case", params(FISTA))
def test_fista_is_that_of_torch7(case):
    A, b = case.array("A"), case.array("b")
    w, dC_dw = np.zeros(A.shape[1]), np.zeros(A.shape[1])

    def fun():
        residual = A @ w - b
        dC_dw[...] = 2 * (A.T @ residual)
        return float(residual @ residual)

    opt = from_torch7("fista", case.entry["config"], w, dC_dw)
    opt.l1 = case.entry["lam"]
    opt.step(fun)
    np.testing.assert_array_equal(opt.lines, case.array("nline"))
    close(opt, "F", opt.costs[1:], case.array("F"))
    close(opt, "L", opt.L, case.array("L"))
    close(opt, "x", w, case.array("x"))


@pytest.mark.parametrize(
    "method, config, shown",
    [
        ("cg", {}, "CG(2 parameters)"),
        ("cg", {"int": 0.2, "ext": 4}, "CG(2 parameters, interp=0.2, extrap=4.0)"),
        ("lbfgs", {}, "LBFGS(2 parameters, lr=1.0, line_search=None)"),
        ("lbfgs", {"lineSearch": "lswolfe"}, "LBFGS(2 parameters, lr=1.0)"),
        ("lbfgs", {"nCorrection": 7, "lineSearch": "lswolfe", "verbose": True}, None),
        ("fista", {}, "FISTA(2 parameters, accelerated=False)"),
        (
            "fista",
            {"doFistaUpdate": True, "Lstep": 2},
            "FISTA(2 parameters, growth=2.0)",
        ),
    ],
)
def test_torch7s_options(method, config, shown):
    opt = from_torch7(method, config, np.zeros(2), np.zeros(2))
    assert repr(opt) == (shown or "LBFGS(2 parameters, lr=1.0, history=7)")


def test_torch7s_options_of_populations():
    w, dC_dw = np.zeros(2), np.zeros(2)
    config = {"ftarget": 0.1, "min_iterations": 3, "popsize": 8, "verb_disp": 0}
    opt = from_torch7("cmaes", config, w, dC_dw)
    assert (opt.target, opt.min_iter, opt.popsize, opt.max_iter) == (0.1, 3, 8, None)
    opt = from_torch7("de", {"maxFEs": 100}, w, dC_dw)
    assert (opt.low, opt.high, opt.popsize, opt.max_evals) == (-30, 30, None, 100)
    assert isinstance(opt.rng, nn.Torch7Generator)
    for method in SEARCHES:
        with pytest.raises(ValueError, match="config has option 'steps', expected one"):
            from_torch7(method, {"steps": 1}, w, dC_dw)
