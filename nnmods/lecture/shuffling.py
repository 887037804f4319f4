"""Statement 20: what a net learns of data that come class by class."""

from functools import partial

import numpy as np

from nnmods.core import get_rng
from nnmods.criterions import CrossEntropyCriterion
from nnmods.data import Minibatches, load_digits
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import accuracy, cost_of, linear
from nnmods.optim import SGD

NUMBER = 20
TITLE = "Unshuffled, the last bias learns the order of the classes and nothing else"
STATEMENT = """\
Shown class after class, the biases of the last layer predict the first class, then the
second, and so on, and all else is forgotten. Shuffled, the same samples teach it to
tell them apart."""
MEASURED_EVERY = 10


def run(rng=0):
    """Go once through the digits, sorted by class and shuffled."""
    rng = get_rng(rng)
    digits = load_digits()
    order = np.argsort(digits.target, kind="stable")
    x, target = digits.x[order].reshape(-1, 64) / 16.0, digits.target[order]
    start = linear(64, 10, rng=rng)
    sorted_, shuffled = (
        _Pass(start.clone(), x, target, shuffle, rng) for shuffle in ("never", "once")
    )
    numbers = {
        name: {
            "accuracy (%)": one.accuracies[-1],
            "largest bias is the class shown (% of steps)": one.agreement,
            "most predicted class (% of all)": one.most_predicted,
        }
        for name, one in (("sorted", sorted_), ("shuffled", shuffled))
    }
    steps = range(len(sorted_.shown))
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        sorted_.agreement > 80
        and sorted_.most_predicted > 95
        and shuffled.accuracies[-1] > 85,
        f"In sorted order the largest bias is that of the class being shown in "
        f"{sorted_.agreement:.0f} % of the steps, and in the end one class is "
        f"predicted for {sorted_.most_predicted:.0f} % of all digits: accuracy "
        f"{sorted_.accuracies[-1]:.0f} %, and {shuffled.accuracies[-1]:.0f} % after "
        f"the same samples shuffled.",
        [
            Panel(
                "step",
                "class",
                [
                    Series("largest bias", steps, sorted_.preferred, "points"),
                    Series("shown, sorted", steps, sorted_.shown),
                ],
            ),
            Panel(
                "step",
                "accuracy on all digits (%)",
                [
                    Series("sorted", sorted_.measured, sorted_.accuracies),
                    Series("shuffled", shuffled.measured, shuffled.accuracies),
                ],
            ),
        ],
    )


class _Pass:
    """One pass through the data in batches of four, and what it came to."""

    def __init__(self, net, x, target, shuffle, rng):
        optimizer, cost = SGD(net, lr=0.1), cost_of(net, CrossEntropyCriterion())
        self.shown, self.preferred, self.measured, self.accuracies = [], [], [], []
        for t, (xb, tb) in enumerate(Minibatches(x, target, 4, shuffle, rng)):
            optimizer.step(partial(cost, xb, tb))
            self.shown.append(int(tb[0]))
            self.preferred.append(int(net.bias.argmax()))
            if t % MEASURED_EVERY == 0:
                self._measure(t, net, x, target)
        self._measure(t, net, x, target)
        self.agreement = 100 * np.mean(np.equal(self.shown, self.preferred))
        counts = np.bincount(net.forward(x).argmax(axis=1))
        self.most_predicted = 100 * counts.max() / len(x)

    def _measure(self, t, net, x, target):
        self.measured.append(t)
        self.accuracies.append(100 * accuracy(net, x, target))
