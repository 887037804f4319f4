"""Statement 29: what centring, scaling and whitening do to the condition number."""

from functools import partial
from itertools import pairwise

import numpy as np

from nnmods.analysis import max_rate
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.data import Normalizer, Whitening
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 29
TITLE = "Whitened inputs have condition number 1, and one step is enough"
STATEMENT = """\
The Hessian of a linear unit is the covariance of its inputs. Centring, scaling and
decorrelating them each lower its condition number, to 1 in the end, and with it the
number of steps that training takes."""
SAMPLES, INPUTS, MOST_STEPS = 400, 6, 10_000
CLOSE = 1e-6  # of the first cost above the minimum


def run(rng=0):
    """Train a linear unit on the same inputs, prepared in four ways."""
    rng = get_rng(rng)
    turn, _ = np.linalg.qr(rng.standard_normal((INPUTS, INPUTS)))
    spreads = np.geomspace(0.25, 1, INPUTS)
    x = rng.standard_normal((SAMPLES, INPUTS)) * spreads @ turn  # correlated,
    x = (x + 1) * np.geomspace(0.5, 2, INPUTS)  # not centred, of several units
    target = x.sum(axis=1, keepdims=True) + rng.standard_normal((SAMPLES, 1))
    prepared = {
        "as they come": x,
        "centred": x - x.mean(axis=0),
        "centred, scaled": Normalizer().fit_transform(x),
        "whitened": Whitening().fit_transform(x),
    }
    numbers, curves, differences = {}, [], []
    for name, inputs in prepared.items():
        eigenvalues = np.linalg.eigvalsh(_hessian(inputs))
        net = linear(INPUTS, 1)
        net.weight[...], net.bias[...] = 0, 0
        given = net, MSECriterion(), inputs, target
        found = max_rate(*given, accuracy=1e-8)
        differences.append(abs(found.eigenvalue / eigenvalues[-1] - 1))
        shares = _descend(*given, found.rate / 2)
        numbers[name] = {
            "lambda_max": eigenvalues[-1],
            "kappa": eigenvalues[-1] / eigenvalues[0],
            f"steps to {CLOSE:g}": _first(shares),
        }
        curves.append(Series(name, range(1, len(shares) + 1), np.maximum(shares, 1e-9)))
    _, kappas, times = zip(*(row.values() for row in numbers.values()), strict=True)
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        abs(kappas[-1] - 1) < 1e-6
        and times[-1] == 1
        and all(pair[0] > pair[1] for pair in (*pairwise(kappas), *pairwise(times)))
        and kappas[0] > 3 * kappas[1]
        and max(differences) < 1e-3,
        f"From the inputs as they come to whitened ones kappa falls from "
        f"{kappas[0]:.0f} over {kappas[1]:.0f} (centred) and {kappas[2]:.0f} (scaled) "
        f"to {kappas[-1]:.2f}, and the steps from {times[0]} over {times[1]} "
        f"and {times[2]} to {times[3]}.",
        [
            Panel("gradients", "excess cost (share of the first)", curves, "xy"),
            Panel(
                "inputs",
                "condition number kappa",
                [Series("", [*numbers], kappas, "bars")],
                "y",
            ),
        ],
    )


def _hessian(x):
    """Return that of the mean squared error by weights and bias."""
    x = np.c_[x, np.ones(len(x))]
    return 2 * x.T @ x / len(x)


def _descend(net, criterion, x, target, rate):
    """Return the cost above the minimum at each step, as a share of the first.

    It is followed until it is close, and for three steps at least.
    """
    wide = np.c_[x, np.ones(len(x))]
    residual = target - wide @ np.linalg.lstsq(wide, target)[0]
    least = (residual**2).mean()
    optimizer, above = SGD(net, rate), []
    fun = partial(cost_of(net, criterion), x, target)
    while len(above) < MOST_STEPS and (len(above) < 4 or above[-1] > CLOSE * above[0]):
        above.append(optimizer.step(fun) - least)
    return np.array(above) / above[0]


def _first(shares):
    """Return the first step after which the cost is close, inf if it never is."""
    close = np.flatnonzero(shares < CLOSE)
    return int(close[0]) if close.size else np.inf
