"""Comparing a module or criterion with what Torch7 recorded of its own."""

import numpy as np

import nnmods as nn
from nnmods.testing.compare import (
    EXACT,
    GOLDEN_SINGLE,
    ROUNDING,
    ROUNDING_SINGLE,
    require_close,
)
from torch7.families import FAULTS, INPUTS, TARGETS


def reason(case, part=""):
    """Return why an array of a case is not compared, or None."""
    found = FAULTS.get(case.id)
    if isinstance(found, dict):
        return next(
            (why for key, why in found.items() if part and part.startswith(key)), None
        )
    return found


def compare_module(case, module):
    """Raise unless a module gives the outputs and gradients of a case."""
    tolerance = EXACT, ROUNDING
    if case.kind == "module_float":
        tolerance = GOLDEN_SINGLE, ROUNDING_SINGLE
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


def compare_criterion(case, criterion):
    """Raise unless a criterion gives the cost and the gradient of a case."""
    y, target = case.value("input"), case.value("target")
    y = INPUTS[case.name](y) if case.name in INPUTS else y
    target = TARGETS[case.name](target) if case.name in TARGETS else target
    C = criterion.forward(y, target)
    require_close(criterion, "loss", np.array(C), case.value("loss"), EXACT, ROUNDING)
    if case.value("gradInput") is not None:
        dC_dy = criterion.backward(y, target)
        wanted = case.value("gradInput")
        require_close(criterion, "gradInput", dC_dy, wanted, EXACT, ROUNDING)
