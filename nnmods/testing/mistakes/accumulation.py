"""Gradients that add to what is there, times scale, and to nothing else."""

import contextlib
import inspect

import numpy as np

from nnmods.testing.compare import structure
from nnmods.testing.findings import Finding
from nnmods.testing.mistakes.broken import Broken
from nnmods.testing.mistakes.vectors import close


def check(bench, only=None):
    """Yield the findings about the way that gradients are accumulated."""
    if not bench.twins:
        return
    once = bench.grads()
    if not _takes_scale(bench.module):
        yield _finding(bench, 0, "scale-ignored", "acc_grad_params takes no scale: add "
                       "the argument, and multiply by it", None, None)  # fmt: skip
        return
    yield from _two_calls(bench, once)
    yield from _elsewhere(bench, once)


def _two_calls(bench, once):
    """The gradients of two calls, of two dC_dy, and of a call with a scale."""
    other = [bench.direction(bench.y), bench.direction(bench.y)]
    both = bench.direction(bench.y), other[0]
    parts = [bench.grads(None, dC_dy) for dC_dy in both]
    bench.zero()
    for dC_dy in both:
        bench.accumulate(None, dC_dy)
    total, half = bench.read(), bench.grads(None, None, 0.5)
    for i, (term, *_) in enumerate(bench.twins):
        first, second = parts[0][i], parts[1][i]
        if not close(total[i], first + second):
            mistake, text = "not-accumulated", "two calls do not add up"
            if close(total[i], second):
                mistake = "overwritten"
                text = "a second call overwrites what the first gave: write += for ="
            elif close(total[i], first):
                text = "a second call adds nothing"
            message = f"{term} is a running sum, but {text}"
            yield _finding(bench, i, mistake, message, total[i], first + second)
        elif not close(half[i], 0.5 * once[i]):
            mistake, text = "scale-wrong", "is not what scale=1 gives, times scale"
            if close(half[i], once[i]):
                mistake, text = "scale-ignored", "does not depend on scale: multiply"
            elif close(half[i], 0.25 * once[i]):
                mistake, text = "scale-twice", "is multiplied by scale twice"
            elif close(half[i], 2 * once[i]):
                mistake, text = (
                    "scale-wrong",
                    "is divided by scale, expected multiplied",
                )
            message = f"{term} {text}"
            yield _finding(bench, i, mistake, message, half[i], 0.5 * once[i])


def _elsewhere(bench, once):
    """What `backward` adds, and what `acc_grad_params` puts into another array."""
    bench.zero()
    with contextlib.suppress(Broken):
        bench.backward()
    for i, (term, *_), share in zip(
        range(len(once)), bench.twins, bench.read(), strict=True
    ):
        if np.any(share != 0):
            message = f"{term} changes in backward: leave that to acc_grad_params"
            yield _finding(
                bench, i, "gradient-in-backward", message, share, 0 * share, "backward"
            )
    bench.zero()
    bench.changed.clear()
    bench.accumulate()
    for i, (term, owner, name, _, grad) in enumerate(bench.twins):
        if getattr(owner, f"grad_{name}") is not grad:
            message = (
                f"{term} is another array after acc_grad_params: write to it in place, "
                f"self.grad_{name} += ..., as flat parameters are views of one vector"
            )
            yield _finding(bench, i, "rebound-gradient", message, None, None)
        if term in bench.changed:
            message = (
                f"{name} itself is changed by backward or acc_grad_params: leave that "
                "to the optimiser"
            )
            got, expected = bench.changed[term]
            yield _finding(bench, i, "parameter-changed", message, got, expected)


def _takes_scale(module):
    try:
        inspect.signature(module.acc_grad_params).bind(None, None, 1.0)
    except TypeError:
        return False
    return True


def _finding(bench, i, mistake, message, got, expected, verb="acc_grad_params"):
    term = bench.twins[i][0]
    return Finding(
        term, mistake, message, verb, got=got, expected=expected,
        shape=structure(bench.x),
    )  # fmt: skip
