"""How far does each method take the training error of a small network, in equal time?

A 2-15-1 tanh network fits sin(3x) cos(2y) at 400 points, x and y uniform in [-1, 1], in
float64 and by one thread. Levenberg-Marquardt, L-BFGS and Adam start from the same
parameters and have the same wall time, which the first of them took for its share of
evaluations; Adam has the rate that did best of four. The table has the mean square of
the residuals for each seed, and the medians.

    python benchmarks/least_squares.py [--evaluations N] [--seeds N]
"""

import argparse
import statistics
import time

import numpy as np

import nnmods as nn
from nnmods import optim
from nnmods.analysis import fit_least_squares
from nnmods.commands.versions import versions

RATES = (0.001, 0.003, 0.01, 0.03)
TOLERANCES = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}


def make_net(seed):
    """Return the network, of 61 parameters."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(2, 15, rng=rng), nn.Tanh(), nn.Linear(15, 1, rng=rng)
    )


def make_data(seed, n=400):
    """Return x, (n, 2), and the target, (n, 1)."""
    x = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return x, np.sin(3 * x[:, :1]) * np.cos(2 * x[:, 1:])


def error(net, x, target):
    return float(np.mean((net(x) - target) ** 2))


def levenberg_marquardt(net, x, target, evaluations):
    """Return the seconds taken."""
    start = time.perf_counter()
    fit_least_squares(net, x, target, max_nfev=evaluations, show=False, **TOLERANCES)
    return time.perf_counter() - start


def descend(opt, net, x, target, seconds):
    """Take steps for some seconds."""
    cost, end = nn.MSECriterion(), time.perf_counter() + seconds

    def fun():
        opt.zero_grad()
        y = net.forward(x)
        C = cost.forward(y, target)
        net.backprop(x, cost.backward(y, target), input_grad=False)
        return C

    while time.perf_counter() < end:
        opt.step(fun)
        if opt.needs_fun and opt.evaluations <= 1:
            break  # it has converged


def measure(seed, evaluations):
    """Return the seconds, and the error by method."""
    x, target = make_data(seed)
    start = make_net(seed)
    net = start.clone()
    seconds = levenberg_marquardt(net, x, target, evaluations)
    found = {"LM": error(net, x, target)}
    net = start.clone()
    opt = optim.LBFGS(net, tol_fun=0, tol_x=0)
    descend(opt, net, x, target, seconds)
    found["L-BFGS"] = error(net, x, target)
    found["Adam"] = np.inf
    for rate in RATES:
        net = start.clone()
        descend(optim.Adam(net, rate), net, x, target, seconds)
        found["Adam"] = min(found["Adam"], error(net, x, target))
    return seconds, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluations", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    nn.set_num_threads(1)
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    names = "LM", "L-BFGS", "Adam"
    columns = "".join(f"{name:>11}" for name in names)
    print(f"evaluations  seed  seconds{columns}    Adam/LM")
    for evaluations in options.evaluations:
        rows = []
        for seed in range(options.seeds):
            seconds, found = measure(seed, evaluations)
            rows.append([seconds, *(found[name] for name in names)])
            show(evaluations, seed, rows[-1])
        medians = [statistics.median(column) for column in zip(*rows, strict=True)]
        show(evaluations, "all", medians)


def show(evaluations, seed, row):
    seconds, lm, lbfgs, adam = row
    print(
        f"{evaluations:11}{seed:>6}{seconds:9.2f}{lm:11.1e}{lbfgs:11.1e}{adam:11.1e}"
        f"{adam / lm:11.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
