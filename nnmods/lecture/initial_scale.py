"""Statement 25: weights that begin too large saturate, too small ones vanish."""

import numpy as np

from nnmods.activations import Tanh
from nnmods.analysis import explain
from nnmods.containers import Sequential
from nnmods.core import get_rng
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import linear
from nnmods.training import lecun

NUMBER = 25
TITLE = "Weights that begin too small let the signal vanish, too large ones saturate"
STATEMENT = """\
Weights of standard deviation 1 / sqrt(fan_in) pass a signal on at about its size. Much
smaller ones let it vanish, and the gradient with it; much larger ones saturate the
units, and what gradient the few others let pass explodes."""
LAYERS, WIDTH = 10, 100
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
SHOWN = (0.1, 1.0, 10.0)


def run(rng=0):
    """Send values and gradients through ten layers, at several initial scales."""
    rng = get_rng(rng)
    x = rng.standard_normal((64, WIDTH))
    layers = [part for _ in range(LAYERS) for part in (linear(WIDTH, WIDTH), Tanh())]
    net = lecun(Sequential(*layers), rng=rng)
    w = net.flatten_parameters()[0]
    start, numbers, curves = w.copy(), {}, []
    for factor in FACTORS:
        w[...] = factor * start
        told = explain(net, x, singular_values=False)
        tanhs = told.records[1::2]
        sizes = [record["y_norm"] / np.sqrt(x.size) for record in tanhs]
        name = f"{factor:g} / sqrt(fan_in)"
        numbers[name] = {
            "size of the last y (rms)": sizes[-1],
            "saturated units (%)": 100 * np.mean([r["saturated"] for r in tanhs]),
            "|dC_dx| / |dC_dy|": told.whole["ratio"],
        }
        if factor in SHOWN:
            curves.append(Series(name, range(1, LAYERS + 1), sizes))
    rows = [row.values() for row in numbers.values()]
    size, saturated, left = zip(*rows, strict=True)
    unit = FACTORS.index(1.0)
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        size[0] < 1e-6 < 0.1 < size[unit]
        and saturated[unit] < 1
        and saturated[-1] > 50
        and left[0] < 1e-6 < 0.1 < left[unit] < 10 < left[-1]
        and list(saturated[unit:]) == sorted(saturated[unit:]),
        f"At 1 / sqrt(fan_in) the tenth layer has outputs of size {size[unit]:.2g}, "
        f"and {saturated[unit]:.1g} % of the units are saturated; at a tenth of it "
        f"they are {size[0]:.0e}, and at thirty times {saturated[-1]:.0f} % are "
        f"saturated and the gradient grows {left[-1]:.0e} times.",
        [
            Panel("layer", "size of y (rms)", curves, "y"),
            Panel(
                "standard deviation of the weights, times sqrt(fan_in)",
                "saturated units (%)",
                [Series("", FACTORS, saturated)],
                "x",
            ),
        ],
    )
