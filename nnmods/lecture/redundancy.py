"""Statement 19: minibatches profit from redundancy, and their noise falls as 1/B."""

from functools import partial

import numpy as np

from nnmods.core import get_rng
from nnmods.criterions import CrossEntropyCriterion
from nnmods.data import Minibatches, load_digits
from nnmods.lecture.experiment import Experiment, Panel, Series, slope
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 19
TITLE = "Minibatches profit from redundancy"
STATEMENT = """\
The gradient of a minibatch is the mean of those of its samples: copies of the data
change nothing about it, and its variance falls as 1/B. On redundant data, minibatches
get further in a pass than the whole batch."""
COPIES, EPOCHS, DRAWS = 10, 10, 300
SIZES = (1, 2, 4, 8, 16, 32, 64)


def run(rng=0):
    """Repeat 100 digits ten times, and descend by all of them and by tens."""
    rng = get_rng(rng)
    digits = load_digits()
    chosen = rng.permutation(len(digits.target))[:100]
    x, target = digits.x[chosen].reshape(-1, 64) / 16.0, digits.target[chosen]
    many, targets = np.tile(x, (COPIES, 1)), np.tile(target, COPIES)
    start = linear(64, 10, rng=rng)
    once, repeated = _gradient(start, x, target), _gradient(start, many, targets)
    difference = np.linalg.norm(repeated - once) / np.linalg.norm(once)
    variances = [_variance(start, x, target, size, rng) for size in SIZES]
    power = slope(np.log(SIZES), np.log(variances))
    costs = {
        "all 1000": _descend(start.clone(), many, targets, len(many), rng),
        "minibatches of 10": _descend(start.clone(), many, targets, 10, rng),
    }
    numbers = {
        name: {"cost after 1 pass": values[1], f"after {EPOCHS}": values[-1]}
        for name, values in costs.items()
    }
    numbers["power of B in the variance"] = {"": power}
    numbers["gradient of 10 copies against 1"] = {"": difference}
    whole, parts = costs.values()
    guide = [variances[0] / size for size in SIZES]
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        parts[1] < whole[-1] and abs(power + 1) < 0.1 and difference < 1e-12,
        f"One pass by minibatches of 10 comes to cost {parts[1]:.3f}, {EPOCHS} passes "
        f"by all 1000 samples to {whole[-1]:.3f}; the variance goes as B^{power:.2f}, "
        f"and copies change the gradient by {difference:.0e} of itself.",
        [
            Panel(
                "passes through the data",
                "cost",
                [Series(name, range(len(c)), c) for name, c in costs.items()],
                "y",
            ),
            Panel(
                "samples B in a minibatch",
                "variance of the gradient",
                [
                    Series("measured", SIZES, variances, "points"),
                    Series("1/B", SIZES, guide, "guide"),
                ],
                "xy",
            ),
        ],
    )


def _gradient(net, x, target):
    cost_of(net, CrossEntropyCriterion())(x, target)
    return net.flatten_parameters()[1].copy()


def _variance(net, x, target, size, rng):
    cost, (_, dC_dw) = cost_of(net, CrossEntropyCriterion()), net.flatten_parameters()
    gradients = np.empty((DRAWS, dC_dw.size))
    for row in gradients:
        chosen = rng.integers(0, len(x), size)
        cost(x[chosen], target[chosen])
        row[...] = dC_dw
    return gradients.var(axis=0).sum()


def _descend(net, x, target, size, rng):
    """Return the cost of all samples before the first pass, and after each."""
    optimizer, cost = SGD(net, lr=0.2), cost_of(net, CrossEntropyCriterion())
    costs = [cost(x, target)]
    batches = Minibatches(x, target, size, rng=rng)
    for _ in range(EPOCHS):
        for xb, tb in batches:
            optimizer.step(partial(cost, xb, tb))
        costs.append(cost(x, target))
    return costs
