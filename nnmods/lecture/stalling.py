"""Statement 13: the squared error stalls on a sigmoid that is confidently wrong."""

from functools import partial

import numpy as np

from nnmods.activations import Sigmoid
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import BCECriterion, MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 13
TITLE = "Squared error on a sigmoid stalls where the log loss does not"
STATEMENT = """\
The slope of the sigmoid vanishes at both ends. Squared error on it therefore stalls
where the unit is confidently wrong; the log loss, whose slope stays 1, does not."""
COSTS = {"squared error": MSECriterion, "log loss": BCECriterion}
STEPS = 100


def run(rng=0):
    """Train one unit that is wrong about every sample, by either cost."""
    rng = get_rng(rng)
    right = rng.standard_normal(2)
    right /= np.linalg.norm(right)
    sign = np.repeat([-1.0, 1.0], 100)[:, None]
    x = 3 * sign * right + 0.5 * rng.standard_normal((200, 2))
    target = (sign + 1) / 2
    numbers, curves = {}, []
    for name, criterion in COSTS.items():
        net = Sequential(linear(2, 1), Sigmoid())
        net[0].weight[...], net[0].bias[...] = -7 * right, 0
        optimizer = SGD(net, lr=0.1)
        fun, shares = partial(cost_of(net, criterion()), x, target), []
        for _ in range(STEPS):
            shares.append(100 * ((net.forward(x) > 0.5) == target).mean())
            optimizer.step(fun)
        first = next((t for t, share in enumerate(shares) if share > 99), np.inf)
        curves.append(Series(name, range(STEPS), shares))
        numbers[name] = {
            "accuracy (%)": shares[-1],
            "steps to 99 %": first,
            "mean s of class 1": (x @ net[0].weight.T + net[0].bias)[100:].mean(),
            "|dC/ds| at s = -20": _slope(criterion(), -20.0),
        }
    squared, log = numbers.values()
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        squared["accuracy (%)"] < 1 and log["steps to 99 %"] < STEPS / 2,
        f"From wrong about everything, squared error gets to "
        f"{squared['accuracy (%)']:.0f} % in {STEPS} steps, and the log loss to 99 % "
        f"in {log['steps to 99 %']}: at s = -20 their slopes are "
        f"{squared['|dC/ds| at s = -20']:.1g} and {log['|dC/ds| at s = -20']:.3g}.",
        [
            Panel("step", "accuracy (%)", curves),
            Panel("score s of a sample of class 1", "|dC/ds|", _slopes(), "y"),
        ],
    )


def _slope(criterion, s):
    sigmoid, s = Sigmoid(), np.full((1, 1), s)
    y = sigmoid.forward(s)
    return float(abs(sigmoid.backward(s, criterion.backward(y, np.ones((1, 1)))))[0, 0])


def _slopes():
    scores = np.linspace(-20, 5, 101)
    return [
        Series(name, scores, [_slope(criterion(), s) for s in scores])
        for name, criterion in COSTS.items()
    ]
