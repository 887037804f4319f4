"""Statement 23: an L2 penalty is weight decay, except under Adam."""

from functools import partial

import numpy as np

from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD, Adam

NUMBER = 23
TITLE = "L2 makes weights short, and helps where samples are few"
STATEMENT = """\
The penalty alpha |w|^2 multiplies the weights by 1 - 2 eta alpha in each step, and so
keeps them short, which helps where samples are few. Under Adam the penalty and the
multiplication are two things."""
ALPHAS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
ETA, STEPS, INPUTS = 0.05, 500, 30


def run(rng=0):
    """Fit 30 weights to 40 noisy samples, under several penalties."""
    rng = get_rng(rng)
    truth = 0.3 * rng.standard_normal((INPUTS, 1))
    x, test_x = rng.standard_normal((40, INPUTS)), rng.standard_normal((1000, INPUTS))
    target = x @ truth + rng.standard_normal((40, 1))
    test_target = test_x @ truth + rng.standard_normal((1000, 1))
    cost, numbers, curves = MSECriterion(), {}, []
    for alpha in ALPHAS:
        net = _zeros()
        lengths = _train(net, SGD(net, ETA, weight_decay=2 * alpha), x, target)
        curves.append(Series(f"alpha = {alpha:g}", range(STEPS), lengths))
        numbers[f"alpha = {alpha:g}"] = {
            "|w|": lengths[-1],
            "training cost": cost(net(x), target),
            "test cost": cost(net(test_x), test_target),
        }
    forms = _difference_of_forms(x, target)
    adam = _difference_under_adam(x, target)
    numbers["penalty against multiplication, SGD"] = {"difference of w": forms}
    numbers["penalty against multiplication, Adam"] = {"difference of w": adam}
    rows = [numbers[f"alpha = {alpha:g}"] for alpha in ALPHAS]
    lengths = [row["|w|"] for row in rows]
    best = min(row["test cost"] for row in rows)
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        bool(np.all(np.diff(lengths) < 0))
        and best < rows[0]["test cost"]
        and forms < 1e-12
        and adam > 1e-2,
        f"From alpha 0 to 1, |w| falls from {lengths[0]:.2f} to {lengths[-1]:.2f}; the "
        f"test cost is {rows[0]['test cost']:.2f} without a penalty and {best:.2f} "
        f"with the best. Penalty and multiplication differ by {forms:.0e} under SGD, "
        f"and by {adam:.2g} under Adam.",
        [
            Panel("step", "|w|", curves),
            Panel(
                "alpha",
                "cost",
                [
                    Series(part, ALPHAS[1:], [row[f"{part} cost"] for row in rows[1:]])
                    for part in ("training", "test")
                ]
                + [
                    Series(
                        "test without",
                        ALPHAS[1:],
                        [rows[0]["test cost"]] * (len(ALPHAS) - 1),
                        "guide",
                    )
                ],
                "x",
            ),
        ],
    )


def _zeros():
    net = linear(INPUTS, 1, bias=False)
    net.weight[...] = 0
    return net


def _train(net, optimizer, x, target):
    """Return |w| before each step."""
    fun, lengths = partial(cost_of(net, MSECriterion()), x, target), []
    for _ in range(STEPS):
        lengths.append(float(np.linalg.norm(net.weight)))
        optimizer.step(fun)
    return lengths


def _difference_of_forms(x, target, alpha=0.1):
    """Return how far steps by the penalty and by the multiplication are apart."""
    net, other = _zeros(), _zeros()
    _train(net, SGD(net, ETA, weight_decay=2 * alpha), x, target)
    cost = cost_of(other, MSECriterion())
    w, dC_dw = other.flatten_parameters()
    for _ in range(STEPS):
        cost(x, target)
        w[...] = (1 - 2 * ETA * alpha) * w - ETA * dC_dw
    return float(np.abs(net.weight.ravel() - w).max())


def _difference_under_adam(x, target, decay=0.2):
    nets = []
    for decoupled in (False, True):
        nets.append(_zeros())
        adam = Adam(nets[-1], ETA, weight_decay=decay, decoupled=decoupled)
        _train(nets[-1], adam, x, target)
    return float(np.abs(nets[0].weight - nets[1].weight).max())
