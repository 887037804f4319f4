"""Trajectories of Torch7's optimisers, step by step."""

import numpy as np
import pytest

from nnmods.optim.torch7 import from_torch7
from nnmods.optim.torch7_steps import STEPS as METHODS
from nnmods.testing.compare import ROUNDING, TRAJECTORY, require_close
from torch7.golden import cases
from torch7.objectives import Objective

#: Algorithms that test_searches.py compares.
SEARCHES = {"cg", "cmaes", "de", "lbfgs"}
CASES = [case for case in cases() if case.kind == "optim"]
(DATA,) = [case for case in cases() if case.kind == "optim_data"]
STEPS = [case for case in CASES if case.entry["algorithm"] not in SEARCHES]


def options(case):
    """Return Torch7's config of a case."""
    return {
        name: case.array(value["__tensor__"]) if isinstance(value, dict) else value
        for name, value in case.entry["config"].items()
    }


def test_every_algorithm_is_compared():
    algorithms = {case.entry["algorithm"] for case in CASES}
    assert {case.entry["problem"] for case in STEPS} == {"rosen2", "rosen4", "logreg"}
    assert algorithms - SEARCHES == set(METHODS)


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in STEPS])
def test_steps_are_those_of_torch7(case):
    fun = Objective(case, DATA)
    opt = from_torch7(case.entry["algorithm"], options(case), fun.w, fun.dC_dw)
    trajectory, costs, calls, averages = [fun.w.copy()], [], [], []
    for _ in range(case.entry["steps"]):
        first = opt.step(fun)
        assert first == opt.costs[0]
        trajectory.append(fun.w.copy())
        costs += opt.costs
        calls.append(fun.calls)
        averages.append(opt.average.copy() if "avg.1" in case else None)
    np.testing.assert_array_equal(calls, case.array("nevals"))
    close(opt, "x", trajectory, case.array("x"))
    close(opt, "f(x)", costs, case.array("fx"))
    for k, average in enumerate(averages, 1):
        if average is not None:
            close(opt, f"the average of step {k}", average, case.array(f"avg.{k}"))


def close(opt, what, got, wanted):
    require_close(opt, what, np.array(got), wanted, TRAJECTORY, ROUNDING)
