"""Statement 32: the diagonal of the Hessian, by one sweep back."""

import numpy as np

from nnmods.activations import Tanh
from nnmods.analysis import diag_hessian
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import distance, linear
from nnmods.training import lecun

NUMBER = 32
TITLE = "One sweep back gives a rough diagonal of the Hessian"
STATEMENT = """\
d2C/dx^2 = f'^2 sum_k w_k^2 d2C/dy_k^2 + f'' dC/dy goes back through a network as the
gradient does. That gives the diagonal of the Hessian with one hidden layer, and a rough
estimate with more. Without f'' it is a nearer one of Gauss-Newton's, never negative."""
DEPTHS = (1, 2, 3)
INPUTS, WIDTH, OUTPUTS, SAMPLES = 10, 14, 2, 100
SHOWN = 2  # hidden layers of the net whose entries are drawn
FLOOR = 1e-16  # of what is drawn


def run(rng=0):
    """Compare the recursion with exact diagonals, in nets of one to three layers."""
    rng = get_rng(rng)
    x = rng.standard_normal((SAMPLES, INPUTS))
    target = rng.uniform(-1, 1, (SAMPLES, OUTPUTS))
    numbers, drawn = {}, None
    for depth in DEPTHS:
        net = _net(depth, rng)
        hidden = slice(-net[-1].weight.size - OUTPUTS)  # it is exact in the last layer
        exact, ggn, lecun_, bbprop = (
            diag_hessian(net, MSECriterion(), x, target, kind)[hidden]
            for kind in ("exact", "ggn", "lecun", "bbprop")
        )
        numbers[f"{depth} hidden layer{'s' * (depth > 1)}"] = {
            "|full - exact| / |exact|": distance(bbprop, exact),
            "correlation": np.corrcoef(bbprop, exact)[0, 1],
            "|without f'' - GN| / |GN|": distance(lecun_, ggn),
            "least, exact": exact.min(),
            "without f''": lecun_.min(),
        }
        if depth == SHOWN:
            drawn = exact, lecun_, bbprop
    rows = [[*row.values()] for row in numbers.values()]
    full, correlations, without, least, least_without = zip(*rows, strict=True)
    exact, lecun_, bbprop = drawn
    ends = [exact.min(), exact.max()]
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        max(full[0], without[0]) < 1e-12
        and max(full) < 1
        and min(correlations) > 0.3
        and all(a > b for a, b in zip(full[1:], without[1:], strict=True))
        and min(least) < 0
        and min(least_without) >= 0,
        f"In the weights of one hidden layer the recursion is exact to {full[0]:.0e}; "
        f"in those of two and three it is off by {100 * full[1]:.0f} and "
        f"{100 * full[2]:.0f} %, and without f'' by {100 * without[1]:.0f} and "
        f"{100 * without[2]:.0f} %. The least exact entry is {min(least):.1g}, the "
        f"least without f'' {min(least_without):.1g}.",
        [
            Panel(
                f"exact d2C/dw^2 of {SHOWN} hidden layers",
                "by the recursion",
                [
                    Series("in full", exact, bbprop, "points"),
                    Series("without f''", exact, lecun_, "points"),
                    Series("equal", ends, ends, "guide"),
                ],
            ),
            Panel(
                "hidden layers",
                "distance (share of the diagonal)",
                [
                    Series("in full, from exact", DEPTHS, np.maximum(full, FLOOR)),
                    Series(
                        "without f'', from GN",
                        DEPTHS,
                        np.maximum(without, FLOOR),
                        "points",
                    ),
                ],
                "y",
            ),
        ],
    )


def _net(depth, rng):
    net, size = Sequential(), INPUTS
    for _ in range(depth):
        net.add(linear(size, WIDTH, rng=rng)).add(Tanh())
        size = WIDTH
    net.add(linear(size, OUTPUTS, rng=rng))
    return lecun(net, rng=rng)
