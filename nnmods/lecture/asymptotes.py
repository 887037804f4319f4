"""Statement 28: targets at the asymptotes drive the weights up without end."""

from functools import partial

import numpy as np

from nnmods.activations import ScaledTanh
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.data import plus_minus_one
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 28
TITLE = "Targets at the asymptotes drive the weights up without end"
STATEMENT = """\
Targets belong at +-1, where 1.7159 tanh(2x/3) bends most. At the asymptotes, +-1.7159,
they are never reached: the weights go on growing, and the slopes of the outputs, with
them the gradient, go to 0."""
VALUES = {"targets +-1": 1.0, "targets +-1.7159": 1.7159}
STEPS, EARLY = 3000, 300


def run(rng=0):
    """Train one net for each kind of target, from the same weights."""
    rng = get_rng(rng)
    x, labels = rng.standard_normal((8, 10)), np.arange(8) % 2
    start = Sequential(
        linear(10, 6, rng=rng), ScaledTanh(), linear(6, 2, rng=rng), ScaledTanh()
    )
    numbers, of_weights, of_slopes = {}, [], []
    for name, value in VALUES.items():
        target = plus_minus_one(labels, 2, value, np.float64)
        lengths, slopes = _train(start.clone(), x, target)
        numbers[name] = {
            f"|w| after {EARLY} steps": lengths[EARLY],
            f"after {STEPS}": lengths[-1],
            "grown by (%)": 100 * (lengths[-1] / lengths[EARLY] - 1),
            "mean slope of the outputs": slopes[-1],
        }
        of_weights.append(Series(name, range(1, STEPS + 1), lengths))
        of_slopes.append(Series(name, range(1, STEPS + 1), slopes))
    (_, inside, grown, slope), (_, outside, grown_far, slope_far) = (
        row.values() for row in numbers.values()
    )
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        grown_far > 10 > 3 * abs(grown) and slope_far < slope / 3,
        f"From step {EARLY} to {STEPS}, |w| grows by {grown:.1f} % to {inside:.2f} for "
        f"targets +-1, and by {grown_far:.0f} % to {outside:.2f} for +-1.7159, where "
        f"the slope of the outputs has fallen to {slope_far:.3f} (and to {slope:.2f} "
        f"at +-1).",
        [
            Panel("step", "|w|", of_weights, "x"),
            Panel("step", "mean slope of the outputs", of_slopes, "xy"),
        ],
    )


def _train(net, x, target):
    """Return |w| and the mean slope of the output units after each step."""
    optimizer = SGD(net, lr=0.3)
    fun, output = partial(cost_of(net, MSECriterion()), x, target), net[-1]
    ones = np.ones(target.shape)
    lengths, slopes = np.empty(STEPS), np.empty(STEPS)
    for t in range(STEPS):
        optimizer.step(fun)
        lengths[t] = np.linalg.norm(optimizer.w)
        slopes[t] = output.backward(net[-2].y, ones).mean()
    return lengths, slopes
