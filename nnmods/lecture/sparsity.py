"""Statement 24: L1 shrinks useless weights, and to exactly 0 by the soft threshold."""

from functools import partial

import numpy as np

from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 24
TITLE = "Only the soft threshold brings useless weights to exactly 0"
STATEMENT = """\
The penalty alpha |w|_1 shrinks weights that are of no use. Its subgradient, alpha
sign(w), lets them go back and forth within about eta alpha of 0; the soft threshold
makes them exactly 0."""
ETA, ALPHA, STEPS, USEFUL = 0.05, 0.1, 400, 3
SHOWN = 40  # of the last steps


def run(rng=0):
    """Fit ten weights, seven of them to inputs of no use, by both rules."""
    rng = get_rng(rng)
    x = rng.standard_normal((200, 10))
    target = x[:, :USEFUL] @ np.array([[1.0], [-2.0], [1.5]])
    numbers, panels = {}, []
    for name, proximal in (("subgradient", False), ("soft threshold", True)):
        net = linear(10, 1, bias=False)
        net.weight[...] = 0.3
        optimizer = SGD(net, ETA, l1=ALPHA, proximal=proximal)
        fun, path = partial(cost_of(net, MSECriterion()), x, target), []
        for _ in range(STEPS):
            optimizer.step(fun)
            path.append(net.weight[0, USEFUL:].copy())
        path = np.array(path)
        numbers[name] = {
            "weights of exactly 0 (of 7)": int((path[-1] == 0).sum()),
            "largest, last 50 steps": np.abs(path[-50:]).max(),
            "eta alpha": ETA * ALPHA,
        }
        late = range(STEPS - SHOWN, STEPS)
        lines = [Series("", late, column[-SHOWN:]) for column in path.T[:3]]
        bound = np.full(SHOWN, ETA * ALPHA)
        lines += [
            Series("+- eta alpha", late, bound, "guide"),
            Series("", late, -bound, "guide"),
        ]
        label = f"three useless weights, {name}"
        panels.append(Panel("step", label, lines, y_range=(-0.009, 0.009)))
    zeros, largest = (
        [row[column] for row in numbers.values()]
        for column in list(numbers["subgradient"])[:2]
    )
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        zeros == [0, 7] and 0 < largest[0] < 1.5 * ETA * ALPHA,
        f"By the subgradient {zeros[0]} of 7 useless weights are 0, and they stay "
        f"within {largest[0]:.2g}, where eta alpha is {ETA * ALPHA:g}; by the soft "
        f"threshold {zeros[1]} are.",
        panels,
    )
