"""Schedules against those of PyTorch, step by step."""

import numpy as np
import pytest

from nnmods.optim import (
    Cosine,
    CosineRestarts,
    Exponential,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Plateau,
    Polynomial,
    Product,
    Sequence,
    Step,
)
from nnmods.testing.compare import EXACT, ROUNDING

torch = pytest.importorskip("torch")
peers = torch.optim.lr_scheduler
STEPS = 400


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def rates(make, steps=STEPS, report=None):
    """Return the rates of the peer that ``make(optimizer)`` gives, from lr = 1."""
    opt = optimizer()
    schedule, found = make(opt), []
    for t in range(steps):
        found.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step(*([] if report is None else [report[t]]))
    return found


def assert_equal(schedule, wanted):
    got = [schedule(t) for t in range(len(wanted))]
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=ROUNDING)


PAIRS = [
    (Step(30, 0.5), lambda opt: peers.StepLR(opt, 30, 0.5)),
    (MultiStep([3, 50, 51]), lambda opt: peers.MultiStepLR(opt, [3, 50, 51])),
    (Exponential(0.98), lambda opt: peers.ExponentialLR(opt, 0.98)),
    (Polynomial(300), lambda opt: peers.PolynomialLR(opt, 300)),
    (Polynomial(300, 0.9), lambda opt: peers.PolynomialLR(opt, 300, 0.9)),
    (
        CosineRestarts(50, floor=0.1),
        lambda opt: peers.CosineAnnealingWarmRestarts(opt, 50, eta_min=0.1),
    ),
    (
        CosineRestarts(7, growth=2),
        lambda opt: peers.CosineAnnealingWarmRestarts(opt, 7, 2),
    ),
    (
        CosineRestarts(5, growth=3),
        lambda opt: peers.CosineAnnealingWarmRestarts(opt, 5, 3),
    ),
    (
        LinearWarmup(60, start=1 / 3),
        lambda opt: peers.LinearLR(opt, total_iters=60),
    ),
    (
        LinearWarmup(7, start=0.01),
        lambda opt: peers.LinearLR(opt, 0.01, total_iters=7),
    ),
    (OneCycle(STEPS), lambda opt: peers.OneCycleLR(opt, 1.0, STEPS)),
    (
        OneCycle(STEPS, 0.123, 10, 100, "linear"),
        lambda opt: peers.OneCycleLR(
            opt, 1.0, STEPS, None, None, 0.123, "linear", True, 0.85, 0.95, 10, 100
        ),
    ),
    (
        OneCycle(STEPS, pct_start=0.0),
        lambda opt: peers.OneCycleLR(opt, 1.0, STEPS, pct_start=0.0),
    ),
    (
        Sequence([LinearWarmup(20, 0.1), Exponential(0.99), Step(9)], [20, 100]),
        lambda opt: peers.SequentialLR(
            opt,
            [
                peers.LinearLR(opt, 0.1, total_iters=20),
                peers.ExponentialLR(opt, 0.99),
                peers.StepLR(opt, 9),
            ],
            [20, 100],
        ),
    ),
    (
        Product([LinearWarmup(20, 0.1), Exponential(0.99)]),
        lambda opt: peers.ChainedScheduler(
            [peers.LinearLR(opt, 0.1, total_iters=20), peers.ExponentialLR(opt, 0.99)]
        ),
    ),
]


@pytest.mark.parametrize(
    "schedule, make",
    PAIRS,
    ids=[f"{i}-{type(s).__name__}" for i, (s, _) in enumerate(PAIRS)],
)
def test_rates_are_those_of_pytorch(schedule, make):
    assert_equal(schedule, rates(make))


def test_cosine_is_that_of_pytorch_up_to_its_end():
    # beyond it, PyTorch's goes up again
    make = lambda opt: peers.CosineAnnealingLR(opt, 300, eta_min=0.1)  # noqa: E731
    assert_equal(Cosine(300, floor=0.1), rates(make, 301))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 0, "factor": 0.5},
        {"patience": 3, "cooldown": 5, "floor": 0.01},
        {"patience": 2, "threshold": 0.3},
        {"patience": 2, "threshold": 0.3, "relative": False},
        {"patience": 4, "mode": "max", "cooldown": 1},
        {"patience": 4, "mode": "max", "threshold": 0.2, "relative": False},
    ],
)
def test_plateaus_are_those_of_pytorch(settings):
    rng = np.random.default_rng(0)
    values = 3 + 2 * np.exp(-np.arange(STEPS) / 100) + rng.normal(0, 0.3, STEPS)
    values[rng.integers(0, STEPS, 20)] = np.nan
    if settings.get("mode") == "max":
        values = 8 - values
    schedule, renamed = Plateau(**settings), dict(settings)
    if "relative" in settings:
        renamed["threshold_mode"] = "rel" if renamed.pop("relative") else "abs"
    if "floor" in settings:
        renamed["min_lr"] = renamed.pop("floor")
    make = lambda opt: peers.ReduceLROnPlateau(opt, eps=0, **renamed)  # noqa: E731
    wanted = rates(make, report=values)
    for t, value in enumerate(values):
        np.testing.assert_allclose(schedule(t), wanted[t], rtol=EXACT, atol=ROUNDING)
        schedule.report(value, t + 1)
    assert len(set(wanted)) > 2
    assert_equal(schedule, wanted)  # looking back
