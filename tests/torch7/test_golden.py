"""Every case of Torch7 gives Torch7's numbers, or stands in FAULTS with a reason."""

from pathlib import Path

import pytest

from torch7.comparing import compare_criterion, compare_module, reason
from torch7.families import FAULTS, INPUTS, TARGETS
from torch7.golden import cases

#: Kinds of cases that other files compare.
ELSEWHERE = {
    "api": "test_methods.py",
    "confusion": "test_confusion.py",
    "fista": "test_searches.py",
    "init": "test_initial_values.py",
    "nngraph": "test_graphs.py",
    "nngraph_manual": "test_graphs.py",
    "optim": "test_optimizers.py",
    "optim_data": "test_optimizers.py",
    "rng": "test_random_numbers.py",
}
CASES = cases()


def of_kind(*kinds):
    return [pytest.param(c, id=c.id) for c in CASES if c.kind in kinds]


def test_every_case_is_compared_or_has_a_reason():
    kinds = {"module", "module_float", "criterion", "error"}
    assert {case.kind for case in CASES} == kinds | set(ELSEWHERE)
    assert set(FAULTS) <= {case.id for case in CASES}
    for name in ELSEWHERE.values():
        assert (Path(__file__).parent / name).exists()


@pytest.mark.parametrize("case", of_kind("module", "module_float"))
def test_module(case):
    if why := reason(case):
        pytest.skip(why)
    module = case.build()
    compare_module(case, module.float() if case.kind == "module_float" else module)


@pytest.mark.parametrize("case", of_kind("criterion"))
def test_criterion(case):
    if why := reason(case):
        pytest.skip(why)
    compare_criterion(case, case.build())


@pytest.mark.parametrize("case", of_kind("error"))
def test_what_torch7_refuses_is_refused(case):
    if why := reason(case):
        pytest.skip(why)
    y, target = case.value("input"), case.value("target")
    y = INPUTS[case.name](y) if case.name in INPUTS else y
    target = TARGETS[case.name](target) if case.name in TARGETS else target
    with pytest.raises((ValueError, TypeError)):
        built = case.build()
        built.forward(*((y,) if target is None else (y, target)))
