"""Statement 36: beyond plain descent, on a small net."""

from functools import partial

import numpy as np

from nnmods.activations import Sigmoid
from nnmods.analysis import fit_least_squares
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import CG, LBFGS, SGD, Adam
from nnmods.training import lecun

NUMBER = 36
TITLE = "Momentum, rates per layer and curvature each beat plain descent"
STATEMENT = """\
Momentum, a rate for each weight, larger rates in lower layers, conjugate gradients,
quasi-Newton methods and Levenberg-Marquardt each get further than plain descent with as
many gradients, on a small net and the whole batch. Where a method has a rate, it is the
best of five. A Jacobian of the one output by all weights counts as a gradient."""
BUDGET, HIDDEN, SAMPLES = 400, 10, 200
#: Evaluations after which Levenberg-Marquardt is asked for its cost, and the last.
ASKED = (1, 3, 10, 20, 50)
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)


def _per_layer(net, lr):
    """Return descent at rates that grow by 8 from each layer to the one below."""
    return SGD(net, lr, groups={"0.*": {"lr": 64 * lr}, "2.*": {"lr": 8 * lr}})


#: By name a function of net and rate, and the factor of the rates that are tried.
METHODS = {
    "plain descent": (SGD, 1),
    "momentum": (partial(SGD, momentum=0.9), 0.3),
    "rates per layer": (_per_layer, 0.1),
    "Adam": (Adam, 0.1),
    "conjugate gradients": (lambda net, lr: CG(net), None),
    "L-BFGS": (lambda net, lr: LBFGS(net), None),
}


def run(rng=0):
    """Fit a function of two numbers by each method, from the same weights."""
    rng = get_rng(rng)
    x = rng.uniform(-1, 1, (SAMPLES, 2))
    target = np.sin(3 * x[:, :1]) * x[:, 1:] + x[:, :1] / 2
    start = Sequential(
        linear(2, HIDDEN, rng=rng),
        Sigmoid(),
        linear(HIDDEN, HIDDEN, rng=rng),
        Sigmoid(),
        linear(HIDDEN, 1, rng=rng),
    )
    lecun(start, rng=rng)
    numbers, curves = {}, []
    for name, (make, factor) in METHODS.items():
        rates = [None] if factor is None else [factor * rate for rate in RATES]
        tried = {}
        for rate in rates:
            net = start.clone()
            tried[rate] = _train(make(net, rate), net, x, target)
        best = min(tried, key=lambda rate: tried[rate][-1])
        costs = tried[best]
        numbers[name] = {f"cost after {BUDGET} gradients": costs[-1]}
        curves.append(Series(name, range(1, BUDGET + 1), costs))
    costs = _fit(start, x, target)
    numbers["Levenberg-Marquardt"] = {f"cost after {BUDGET} gradients": costs[-1]}
    curves.append(Series("Levenberg-Marquardt", ASKED, costs))
    plain, *others = (row[f"cost after {BUDGET} gradients"] for row in numbers.values())
    least = min(numbers, key=lambda name: [*numbers[name].values()])
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        max(others) < plain / 2,
        f"After {BUDGET} gradients plain descent is at a cost of {plain:.2g}, the "
        f"others at {max(others):.2g} to {min(others):.1g}, the last by {least}; "
        f"Levenberg-Marquardt is stopped after {ASKED[-1]}.",
        [Panel("gradients", "least cost so far", curves, "y")],
    )


def _train(optimizer, net, x, target):
    """Return the least cost of the gradients so far, at each; inf if it diverges."""
    fun, costs = partial(cost_of(net, MSECriterion()), x, target), []
    with np.errstate(over="ignore", invalid="ignore"):
        while len(costs) < BUDGET:
            optimizer.step(fun)
            costs += optimizer.costs
            if not np.isfinite(costs[-1]):
                return np.full(BUDGET, np.inf)
    return np.minimum.accumulate(costs[:BUDGET])


def _fit(start, x, target):
    """Return the cost that Levenberg-Marquardt comes to by some evaluations.

    Each is one of the residuals, and of their Jacobian where it goes on from there. It
    starts anew each time, and goes the same way: by "trf", since what MINPACK's "lm"
    rounds hangs on where its arrays lie.
    """
    costs = []
    for evaluations in ASKED:
        found = fit_least_squares(
            start.clone(), x, target, "trf", max_nfev=evaluations, show=False
        )
        costs.append(2 * found.cost / target.size)
    return costs
