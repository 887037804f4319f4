"""Statement 33: stochastic diagonal Levenberg-Marquardt."""

from functools import partial

import numpy as np

from nnmods.activations import Sigmoid
from nnmods.analysis import diag_hessian
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.data import Minibatches, load_digits, plus_minus_one
from nnmods.layers import SpatialConvolution, View
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD, DiagonalLM
from nnmods.optim.groups import slots_of
from nnmods.training import lecun

NUMBER = 33
TITLE = "A rate for each weight, by its curvature, beats one for all"
STATEMENT = """\
Rates eta_i = eps / (mu + <d2C/dw_i^2>), from a running average over some 500 samples,
train a net of shared weights and unequal layers, as sigmoids make them, faster than the
best rate that is one for all."""
SAMPLES, BATCH, PASSES, ESTIMATE = 600, 10, 3, 500
RATES, EPSILONS = (0.1, 0.3, 1.0), (0.003, 0.01, 0.03)
MU = 0.002  # the usual 0.02, for a cost that is a tenth: a mean over ten outputs


def run(rng=0):
    """Train a convolutional net on digits, at one rate and at one for each weight."""
    rng = get_rng(rng)
    digits = load_digits()
    chosen = rng.permutation(len(digits.target))[:SAMPLES]
    x = digits.x[chosen].reshape(-1, 1, 8, 8) / 16.0
    target = plus_minus_one(digits.target[chosen], 10).astype(np.float64)
    start, seed = _net(rng), int(rng.integers(1 << 32))
    numbers, curves = {}, []
    for name, make, rates in (
        ("one rate", SGD, RATES),
        ("by curvature", partial(DiagonalLM, mu=MU), EPSILONS),
    ):
        tried = []
        for rate in rates:
            net = start.clone()
            tried.append(_train(make(net, rate), net, x, target, seed))
        ends = [costs[-1] for costs in tried]
        costs = tried[int(np.argmin(ends))]
        numbers[name] = {"best rate": rates[int(np.argmin(ends))]} | {
            f"cost after pass {i}": costs[i] for i in range(1, PASSES + 1)
        }
        curves.append(Series(name, range(PASSES + 1), costs))
    one, own = numbers.values()
    last = f"cost after pass {PASSES}"
    h = diag_hessian(start, MSECriterion(), x[:ESTIMATE], target[:ESTIMATE], "lecun")
    slots = slots_of(start, start.flatten_parameters()[0])
    means = {slot.path: h[slot.span].mean() for slot in slots}
    for path, mean in means.items():
        numbers[path] = {"mean d2C/dw^2 at the start": mean}
    ratio = max(means.values()) / min(means.values())
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        own[last] < 0.85 * one[last] and ratio > 10,
        f"After {PASSES} passes the best rate that is one for all comes to a cost of "
        f"{one[last]:.3f}, rates by the curvature of each weight to {own[last]:.3f}. "
        f"The mean curvatures of the parameters differ {ratio:.0f}-fold.",
        [
            Panel("passes through the data", "cost", curves),
            Panel(
                "parameter",
                "mean of d2C/dw^2",
                [Series("", [*means], [*means.values()], "bars")],
                "y",
            ),
        ],
    )


def _net(rng):
    net = Sequential(
        SpatialConvolution(1, 4, 3, 3, dtype=np.float64, rng=0),
        Sigmoid(),
        SpatialConvolution(4, 6, 3, 3, dtype=np.float64, rng=0),
        Sigmoid(),
        View(-1).set_num_input_dims(3),
        linear(96, 10),
    )
    return lecun(net, rng=rng)


def _train(optimizer, net, x, target, seed):
    """Return the cost before the first pass, and after each; inf if it diverges."""
    cost = cost_of(net, MSECriterion())
    costs = [cost(x, target)]
    batches = Minibatches(x, target, BATCH, rng=seed)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(PASSES):
            if isinstance(optimizer, DiagonalLM):
                some = x[:ESTIMATE], target[:ESTIMATE]
                h = diag_hessian(net, MSECriterion(), *some, kind="lecun")
                optimizer.update_curvature(h, gamma=0.5)
            for xb, tb in batches:
                optimizer.step(partial(cost, xb, tb))
            costs.append(cost(x, target))
            if not costs[-1] < 10 * costs[0]:
                return np.full(PASSES + 1, np.inf)
    return costs
