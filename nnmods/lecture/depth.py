"""Statement 17: what is left of the gradient after fifty layers."""

import numpy as np

from nnmods.activations import ReLU, Sigmoid, Tanh
from nnmods.analysis import explain
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.lecture.experiment import Experiment, Panel, Series, slope
from nnmods.lecture.nets import linear
from nnmods.training import kaiming, xavier

NUMBER = 17
TITLE = "Fifty rectifiers keep the gradient, fifty sigmoids lose it"
STATEMENT = """\
Rectifiers whose weights begin with variance 2 / fan_in pass the gradient on through
fifty layers as it is; sigmoids take a share of it in each, so that it decays
geometrically."""
KINDS = {"ReLU": (ReLU, kaiming), "tanh": (Tanh, xavier), "sigmoid": (Sigmoid, xavier)}
LAYERS, WIDTH = 50, 128


def run(rng=0):
    """Send a gradient back through fifty layers of each kind."""
    rng = get_rng(rng)
    x = rng.standard_normal((32, WIDTH))
    numbers, curves = {}, []
    for name, (activation, initialise) in KINDS.items():
        net = Sequential()
        for _ in range(LAYERS):
            net.add(linear(WIDTH, WIDTH, rng=rng)).add(activation())
        told = explain(initialise(net, rng=rng), x, singular_values=False)
        norms = [record["dC_dx_norm"] for record in told.records[::2]]
        left = np.array(norms[::-1]) / told.whole["dC_dy_norm"]
        passed = np.arange(1, LAYERS + 1)
        numbers[name] = {
            "left after 50 layers": left[-1],
            "share per layer": float(np.exp(slope(passed, np.log(left)))),
        }
        curves.append(Series(name, passed, left))
    left = {name: row["left after 50 layers"] for name, row in numbers.items()}
    share = numbers["sigmoid"]["share per layer"]
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        1 / 3 < left["ReLU"] < 3 and left["sigmoid"] < 1e-25 and share < 0.3,
        f"Of |dC_dy|, {left['ReLU']:.2g} is left behind fifty layers of ReLU, "
        f"{left['tanh']:.2g} of tanh and {left['sigmoid']:.1g} of sigmoids, which pass "
        f"on {share:.2f} each.",
        [Panel("layers on the way back", "|dC_dx| / |dC_dy|", curves, "y")],
    )
