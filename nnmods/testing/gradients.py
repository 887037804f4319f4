"""Checks of the derivatives: by central differences, and against one another."""

import numpy as np

from nnmods.core import Container
from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import (
    DIFFERENCES,
    EXACT,
    ROUNDING,
    STEP,
    ContractError,
    dot,
    require_close,
    require_equal_dots,
    require_structure,
)


def check_backward(subject):
    """``<dC_dy, J u>`` by differences equals ``<backward(x, dC_dy), u>``."""
    x, y = subject.x, subject.forward()
    if subject.surrogate:
        return
    for _ in range(3):
        u, dC_dy = subject.direction(x), subject.direction(y)
        _, dC_dx = subject.backward(x, dC_dy)
        require_structure(subject.module, "dC_dx", dC_dx, x)
        ahead = subject.forward(map_table(_step(STEP), x, u))
        behind = subject.forward(map_table(_step(-STEP), x, u))
        J_u = map_table(lambda a, b: (a - b) / (2 * STEP), ahead, behind)
        wanted, size = dot(dC_dy, J_u)
        got, terms = dot(dC_dx, u)
        size, noise = max(size, terms), ROUNDING / STEP * dot(dC_dy, y)[1]
        require_equal_dots(
            subject.module, "backward", got, wanted, size, DIFFERENCES, noise
        )


def _step(length):
    """Return the function that goes so far along a direction; indices stay."""
    return lambda a, u: a + length * u if np.asarray(a).dtype.kind == "f" else a


def check_parameters(subject):
    """The same for each parameter and its gradient."""
    if subject.surrogate:
        return
    x, y = subject.x, subject.forward()
    dC_dy = subject.direction(y)
    grads = subject.grads(x, dC_dy)
    noise = ROUNDING / STEP * dot(dC_dy, y)[1]
    for (path, p, _), grad in zip(
        subject.module.named_parameters(), grads, strict=True
    ):
        u, before = subject.rng.standard_normal(p.shape), p.copy()
        p[...] = before + STEP * u
        ahead = subject.forward()
        p[...] = before - STEP * u
        behind = subject.forward()
        p[...] = before
        J_u = map_table(lambda a, b: (a - b) / (2 * STEP), ahead, behind)
        wanted, size = dot(dC_dy, J_u)
        got, terms = dot(grad, u)
        size, what = max(size, terms), f"grad of {path}"
        require_equal_dots(subject.module, what, got, wanted, size, DIFFERENCES, noise)


def check_accumulation(subject):
    """Gradients add to what is there, by ``scale``; `backprop` does both verbs."""
    module, x = subject.module, subject.x
    dC_dy = subject.direction(subject.forward())
    once = subject.grads(x, dC_dy)
    start = subject.direction(once)
    for grad, value in zip(module.parameters()[1], start, strict=True):
        grad[...] = value
    dC_dx = subject.backward(x, dC_dy)[1]
    module.acc_grad_params(x, dC_dy, scale=0.5)
    module.acc_grad_params(x, dC_dy)
    total = [value + 1.5 * grad for value, grad in zip(start, once, strict=True)]
    _require_grads(module, "after two calls, of scale 0.5 and 1,", total)

    for input_grad in (True, False):
        module.zero_grad_params()
        subject.forward()
        both = module.backprop(x, dC_dy, 0.5, input_grad)
        if input_grad:
            require_close(module, "dC_dx of backprop", both, dC_dx, EXACT)
        elif both is not None:
            raise ContractError(
                f"{module!r}: backprop(..., input_grad=False) returns "
                f"{type(both).__name__}, expected None"
            )
        _require_grads(module, "after backprop", [0.5 * grad for grad in once])

    if not isinstance(module, Container):  # a container's gradients come from backward
        module.zero_grad_params()
        subject.forward()
        module.acc_grad_params(x, dC_dy)
        before = copied(module.backward(x, dC_dy))
        require_close(module, "dC_dx after acc_grad_params", before, dC_dx, EXACT)
        _require_grads(module, "when called before backward", once)


def check_jvp(subject):
    """``<dC_dy, jvp(x, u)> == <backward(x, dC_dy), u>``, parameters too."""
    if subject.surrogate:
        return
    module, x = subject.module, subject.x
    dC_dy = subject.direction(subject.forward())
    y, dC_dx = subject.backward(x, dC_dy)
    grads = subject.grads(x, dC_dy)
    u, du = subject.direction(x), subject.direction(grads)
    subject.forward()
    try:
        dy = copied(module.jvp(x, u, du))
    except NotImplementedError:
        return  # not every module has one
    got, size = dot(dC_dy, dy)
    wanted, terms = (a + b for a, b in zip(dot(dC_dx, u), dot(grads, du), strict=True))
    noise = ROUNDING * dot(dC_dy, y)[1]
    require_equal_dots(module, "jvp", got, wanted, max(size, terms), EXACT, noise)
    only_x, what = dot(dC_dy, copied(module.jvp(x, u)))[0], "jvp without dparams"
    require_equal_dots(module, what, only_x, *dot(dC_dx, u), EXACT, noise)
    after = copied(module.backward(x, dC_dy))
    require_close(module, "dC_dx after jvp", after, dC_dx, EXACT)


def _require_grads(module, when, wanted):
    for (path, _, grad), value in zip(module.named_parameters(), wanted, strict=True):
        require_close(module, f"grad of {path} {when}", grad, value, EXACT)
