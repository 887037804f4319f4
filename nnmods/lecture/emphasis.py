"""Statement 37: presenting what is hard more often, and where that does harm."""

from functools import partial

import numpy as np

from nnmods.activations import LogSoftMax, Tanh
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import CrossEntropyCriterion
from nnmods.data import Emphasising, Minibatches
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import accuracy, cost_of, linear
from nnmods.optim import SGD

NUMBER = 37
TITLE = "Emphasis teaches a rare class sooner, and wrong labels too"
STATEMENT = """\
Presenting samples of large cost more often teaches a rare class sooner. Where labels
are wrong, it presents these most and does harm, unless the costs that count are
capped."""
SCHEMES = {
    "all alike": None,
    "emphasising": {"emphasis": 1.0, "cap": 1.0},
    "emphasising, capped": {"emphasis": 1.0, "cap": 0.8},
}
EPOCHS, RARE, WRONG = 12, 0.01, 0.15


def run(rng=0):
    """Train on a rare class, and on wrong labels, with and without emphasis."""
    rng = get_rng(rng)
    rare = _Problem(600, 0.3, RARE, 0.0, rng)
    wrong = _Problem(200, 0.4, 0.5, WRONG, rng)
    start = Sequential(linear(2, 30, rng=rng), Tanh(), linear(30, 2, rng=rng))
    numbers, of_rare, of_wrong = {}, [], []
    for name, settings in SCHEMES.items():
        shares = rare.train(start.clone(), settings, rng, rare.test_target == 1)
        others = wrong.train(start.clone(), settings, rng, slice(None))
        numbers[name] = {
            "rare class (%)": np.mean(shares),
            "with wrong labels (%)": np.mean(others),
        }
        of_rare.append(Series(name, range(1, EPOCHS + 1), shares))
        of_wrong.append(Series(name, range(1, EPOCHS + 1), others))
    (plain, right), (hard, harmed), (_, capped) = (r.values() for r in numbers.values())
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        hard > plain + 4 and harmed < min(right, capped) - 1,
        f"On average over {EPOCHS} epochs, emphasis brings the accuracy on a class of "
        f"{100 * RARE:.0f} % of the samples from {plain:.0f} to {hard:.0f} %. With "
        f"{100 * WRONG:.0f} % of the labels wrong it takes that on all from "
        f"{right:.1f} to {harmed:.1f} %, and to {capped:.1f} % with the cap.",
        [
            Panel("epoch", "test accuracy on the rare class (%)", of_rare),
            Panel("epoch", "test accuracy, wrong labels (%)", of_wrong),
        ],
    )


class _Problem:
    """Two classes in the plane, one of them rare, or labels partly wrong."""

    def __init__(self, n_samples, spread, share, wrong, rng):
        self.x, self.target = _draw(n_samples, spread, share, rng)
        self.test_x, self.test_target = _draw(1000, spread, 0.5, rng)
        flipped = rng.permutation(n_samples)[: int(wrong * n_samples)]
        self.target[flipped] = 1 - self.target[flipped]

    def train(self, net, settings, rng, measured):
        """Return the accuracy in % on some of the test samples after each epoch."""
        sampler = None if settings is None else Emphasising(len(self.x), **settings)
        batches = Minibatches(self.x, self.target, 20, rng=rng, sampler=sampler)
        optimizer, cost = SGD(net, lr=0.2), cost_of(net, CrossEntropyCriterion())
        scores, shares = LogSoftMax(), []
        for _ in range(EPOCHS):
            for xb, tb in batches:
                optimizer.step(partial(cost, xb, tb))
                if sampler is not None:
                    each = -scores.forward(net.y)[np.arange(len(tb)), tb]
                    sampler.report(batches.indices, each)
            x, target = self.test_x[measured], self.test_target[measured]
            shares.append(100 * accuracy(net, x, target))
        return shares


def _draw(n, spread, share, rng):
    """Return points around (-1, 0) and (1, 0), a share of them, and their class."""
    target = (np.arange(n) < share * n).astype(int)
    x = spread * rng.standard_normal((n, 2))
    x[:, 0] += 2 * target - 1
    return x, target
