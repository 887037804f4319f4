"""Statement 22: a learning rate that falls gets below the noise of a constant one."""

import numpy as np

from nnmods.core import get_rng
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.optim import SGD, Cosine, InverseTime

NUMBER = 22
TITLE = "A falling rate gets below the noise floor of a constant one"
STATEMENT = """\
The learning rate should fall: from noisy gradients a constant one comes no closer to
the minimum than its own steps, whose mean cost is the noise floor."""
STEPS, RUNS = 3000, 40
CURVATURES = np.array([20.0, 1.0])
RATES = {
    "constant, 0.09": (0.09, None),
    "constant, 0.01": (0.01, None),
    "0.09 / (1 + t/100)": (0.09, InverseTime(0.01)),
    "0.09, cosine": (0.09, Cosine(STEPS)),
}


def run(rng=0):
    """Descend an ill-conditioned bowl by noisy gradients, at several rates."""
    rng = get_rng(rng)
    numbers, curves = {}, []
    edges = np.unique(np.geomspace(1, STEPS, 40).astype(int))
    for name, (lr, schedule) in RATES.items():
        costs = _descend(lr, schedule, rng)
        means = [part.mean() for part in np.split(costs, edges[:-1])[1:]]
        curves.append(Series(name, edges[1:], means))
        numbers[name] = {
            "mean cost of steps 50 to 150": costs[50:150].mean(),
            "of the last 300": costs[-300:].mean(),
        }
    (_, floor), (slow, low), *falling = (row.values() for row in numbers.values())
    early, late = (max(means) for means in zip(*falling, strict=True))
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        late < low / 2 < floor / 8 and early < slow,
        f"The constant rates end at {floor:.2g} and {low:.2g}, those that fall at "
        f"{late:.2g} or less; and the small constant one is slow, at {slow:.2g} after "
        f"a hundred steps.",
        [Panel("step", "mean cost", curves, "xy")],
    )


def _descend(lr, schedule, rng):
    """Return the cost at each step: several runs, as one vector of all of them."""
    curvatures = np.tile(CURVATURES, RUNS)
    w, dC_dw = np.full(curvatures.size, 2.0), np.empty(curvatures.size)
    optimizer = SGD((w, dC_dw), lr, schedule=schedule)
    costs = np.empty(STEPS)
    for t in range(STEPS):
        costs[t] = curvatures @ w**2 / (2 * RUNS)
        dC_dw[...] = curvatures * w + rng.standard_normal(w.size)
        optimizer.step()
    return costs
