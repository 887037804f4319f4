"""Statement 34: the largest eigenvalue of the Hessian, and the rate it gives."""

from functools import partial

import numpy as np
from scipy.sparse.linalg import eigsh

from nnmods.analysis import (
    OnlineEigenvalue,
    hessian_by_differences,
    hessian_operator,
    largest_eigenvalue,
)
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.data import Minibatches
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import coarse_digits, cost_of, one_hidden_layer
from nnmods.optim import SGD

NUMBER = 34
TITLE = "Minibatches find the largest eigenvalue, and with it the rate"
STATEMENT = """\
Powers of the Hessian, whose products take two gradients each, or a tangent sent forward
and back, find its largest eigenvalue; so does a running average Psi over minibatches.
1 / |Psi| is about the best rate to learn sample by sample. Inputs of a mean that is not
0 make that eigenvalue large."""
SAMPLES, BATCH, PASSES = 500, 10, 4
SHARES = (0.1, 0.2, 0.4, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)


def run(rng=0):
    """Find the eigenvalue for a net on digits in four ways, and try rates with it."""
    rng = get_rng(rng)
    x, target = coarse_digits(SAMPLES, rng)
    given = one_hidden_layer(16, 10, 10, rng), MSECriterion(), x, target
    exact = hessian_operator(*given)
    wanted = _eigsh(exact)
    values, online = _online(*given, rng)
    found = {
        "eigsh": wanted,
        "powers, by differences": _powers(hessian_by_differences(*given)),
        "powers, by exact products": _powers(exact),
        f"on line, {len(values)} minibatches": online.value,
    }
    numbers = {
        name: {"lambda_max": value, "off by (%)": 100 * abs(value / wanted - 1)}
        for name, value in found.items()
    }
    centred = _eigsh(hessian_operator(*given[:2], x - x.mean(axis=0), target))
    numbers["inputs of mean 0"] = {"lambda_max": centred}
    costs = [_learn(*given, share * online.rate, rng) for share in SHARES]
    best = SHARES[int(np.argmin(costs))]
    at_one, beyond = (costs[SHARES.index(share)] for share in (1.0, 4.0))
    drawn = [pair for pair in zip(SHARES, costs, strict=True) if pair[1] < 1]
    numbers["best rate times |Psi|"] = {"": best}
    off = [row["off by (%)"] for row in numbers.values() if "off by (%)" in row]
    updates = range(1, len(values) + 1)
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        max(off[:3]) < 0.1
        and off[3] < 15
        and 0.3 < best < 2
        and at_one < 1.2 * min(costs)
        and beyond > 3 * at_one
        and wanted > 2 * centred,
        f"lambda_max is {wanted:.3g}; powers are off by {max(off[1:3]):.1g} %, "
        f"{len(values)} minibatches of {BATCH} by {off[3]:.1f} %. Of the rates "
        f"{best:g} / |Psi| learns most in a pass; 1 / |Psi| comes within "
        f"{100 * (at_one / min(costs) - 1):.0f} % of its cost, and 4 / |Psi| is too "
        f"much. With inputs of mean 0, lambda_max is {centred:.2g}.",
        [
            Panel(
                f"minibatches of {BATCH}",
                "eigenvalue",
                [
                    Series("|Psi|", updates, values),
                    Series("lambda_max", [1, len(values)], [wanted] * 2, "guide"),
                ],
            ),
            Panel(
                "rate |Psi|",
                "cost after a pass, sample by sample",
                [Series("", *zip(*drawn, strict=True))],
                "x",
            ),
        ],
    )


def _eigsh(A):
    start = np.ones(A.shape[0])  # else it draws one from NumPy's global generator
    return eigsh(A, 1, which="LA", v0=start, return_eigenvectors=False)[0]


def _powers(A):
    return largest_eigenvalue(A, accuracy=1e-6).value


def _online(net, criterion, x, target, rng):
    """Return |Psi| after each minibatch, and what it was left with."""
    online, values = OnlineEigenvalue(net, criterion, rng=rng), []
    batches = Minibatches(x, target, BATCH, rng=rng)
    for _ in range(PASSES):
        values += [online.update(xb, tb) for xb, tb in batches]
    return values, online


def _learn(net, criterion, x, target, rate, rng):
    """Return the cost of all samples after a pass through them, one by one."""
    net = net.clone()
    cost, optimizer = cost_of(net, criterion), SGD(net, rate)
    with np.errstate(over="ignore", invalid="ignore"):
        for one, its in Minibatches(x, target, 1, rng=rng):
            optimizer.step(partial(cost, one, its))
        C = cost(x, target)
    return C if np.isfinite(C) else np.inf
