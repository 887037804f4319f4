import argparse

import numpy as np
import pytest

from nnmods.commands.steps import OPTIMIZERS, make_optimizer
from nnmods.layers import Linear
from nnmods.optim import SGD, Adam


def optimizer(**changes):
    """Return the optimiser of 5 epochs of 10 steps, and the options."""
    options = {
        "lr": None,
        "l1": 0.0,
        "l2": 0.0,
        "optim": "adam",
        "schedule": "cosine",
        "batch_size": 4,
        "epochs": 5,
    }
    options = argparse.Namespace(**options | changes)
    return make_optimizer(options, Linear(2, 1), 37), options


@pytest.mark.parametrize(
    "schedule, factors",
    [
        ("constant", {0: 1, 25: 1, 49: 1}),
        ("1/t", {0: 1, 10: 1 / 2, 30: 1 / 4}),
        ("step", {0: 1, 16: 1, 17: 0.1, 33: 0.1, 34: 0.01, 49: 0.01}),
        ("cosine", {0: 1, 25: 1 / 2, 50: 0}),
        ("onecycle", {0: 1 / 25, 14: 1}),
    ],
)
def test_schedules(schedule, factors):
    opt, _ = optimizer(schedule=schedule, lr=0.5)
    for t, factor in factors.items():
        opt.t = t
        assert opt.current_lr == pytest.approx(0.5 * factor, abs=1e-15)


def test_rates_by_optimiser():
    sgd, options = optimizer(optim="sgd")
    assert type(sgd) is SGD and sgd.momentum == 0.9 and sgd.lr == options.lr == 0.03
    adam, options = optimizer(optim="adam")
    assert type(adam) is Adam and adam.lr == options.lr == 0.003
    assert optimizer(lr=0.5)[0].lr == 0.5


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimiser_takes_the_penalties(name):
    opt, _ = optimizer(optim=name, l1=0.125, l2=0.25)
    assert (opt.weight_decay, opt.l1) == (0.5, 0.125)


def test_penalties():
    # C + 0.25 * sum w^2 + 0.125 * sum |w| has the gradient 0.5 * w + 0.125 * sign(w)
    opt, _ = optimizer(optim="sgd", lr=1.0, schedule="constant", l1=0.125, l2=0.25)
    opt.w[...], opt.dC_dw[...] = [2.0, -4.0, 0.0], 0.0
    opt.step()
    np.testing.assert_array_equal(opt.w, [2 - 1.125, -4 + 2.125, 0.0])
