"""Every case of Torch7 gives Torch7's numbers, or stands in FAULTS with a reason."""

from pathlib import Path

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import (
    EXACT,
    GOLDEN_SINGLE,
    ROUNDING,
    ROUNDING_SINGLE,
    require_close,
)
from torch7.families import FAULTS, INPUTS, TARGETS
from torch7.golden import cases

#: Kinds of cases that other files compare.
ELSEWHERE = {
    "api": "test_methods.py",
    "confusion": "test_confusion.py",
    "init": "test_initial_values.py",
    "nngraph": "test_graphs.py",
    "nngraph_manual": "test_graphs.py",
    "rng": "test_random_numbers.py",
}
#: Kinds of what is not built yet.
LATER = {
    "fista": "an optimiser, not built yet",
    "optim": "trajectories of Torch7's optimisers are not compared yet",
    "optim_data": "data of the optimisers' cases",
}
CASES = cases()


def of_kind(*kinds):
    return [pytest.param(c, id=c.id) for c in CASES if c.kind in kinds]


def test_every_case_is_compared_or_has_a_reason():
    kinds = {"module", "module_float", "criterion", "error"}
    assert {case.kind for case in CASES} == kinds | set(ELSEWHERE) | set(LATER)
    assert set(FAULTS) <= {case.id for case in CASES}
    for name in ELSEWHERE.values():
        assert (Path(__file__).parent / name).exists()


@pytest.mark.parametrize("case", of_kind(*LATER))
def test_left_out(case):
    pytest.skip(LATER[case.kind])


def reason(case, part=""):
    """Return why an array of a case is not compared, or None."""
    found = FAULTS.get(case.id)
    if isinstance(found, dict):
        return next(
            (why for key, why in found.items() if part and part.startswith(key)), None
        )
    return found


@pytest.mark.parametrize("case", of_kind("module", "module_float"))
def test_module(case):
    if why := reason(case):
        pytest.skip(why)
    tolerance = EXACT, ROUNDING
    module = case.build()
    if case.kind == "module_float":
        tolerance = GOLDEN_SINGLE, ROUNDING_SINGLE
        module.float()
    x = case.value("input")
    x = INPUTS[case.name](x) if case.name in INPUTS else x

    def compare(part, got, wanted):
        if wanted is not None and reason(case, part) is None:
            require_close(module, part, got, wanted, *tolerance)

    def forward():
        nn.manual_seed(nn.Torch7Generator(case.entry.get("noise_seed", 0)))
        return module.forward(x)

    compare("output", forward(), case.value("output"))
    for name in case.names("post.running_"):
        field = name.removeprefix("post.")
        compare(name, getattr(module, field), case.array(name))
    dC_dy = case.value("gradOutput")
    if dC_dy is None or "backward_error" in case.entry:
        return
    compare("gradInput", module.backward(x, dC_dy), case.value("gradInput"))
    for part, scale in (("s1", 1), ("s05", 0.5), ("acc", 1)):
        if part != "acc":
            module.zero_grad_params()
        forward()
        module.backprop(x, dC_dy, scale)
        for i, grad in enumerate(module.parameters()[1], 1):
            name = f"gradParam.{part}.{i}"
            if name in case:
                compare(name, grad, case.array(name).reshape(grad.shape))


@pytest.mark.parametrize("case", of_kind("criterion"))
def test_criterion(case):
    if why := reason(case):
        pytest.skip(why)
    criterion = case.build()
    y, target = case.value("input"), case.value("target")
    y = INPUTS[case.name](y) if case.name in INPUTS else y
    target = TARGETS[case.name](target) if case.name in TARGETS else target
    C = criterion.forward(y, target)
    require_close(criterion, "loss", np.array(C), case.value("loss"), EXACT, ROUNDING)
    if case.value("gradInput") is not None:
        dC_dy = criterion.backward(y, target)
        wanted = case.value("gradInput")
        require_close(criterion, "gradInput", dC_dy, wanted, EXACT, ROUNDING)


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
