"""Statement 31: which rates converge, and how long it takes."""

from functools import partial

import numpy as np

from nnmods.analysis import max_rate
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series, slope
from nnmods.lecture.nets import cost_of, linear
from nnmods.optim import SGD

NUMBER = 31
TITLE = "One step at 1/lambda, divergence above 2/lambda, and time goes as kappa"
STATEMENT = """\
On a parabola of curvature lambda the best rate is 1/lambda, which takes one step, and
above 2/lambda descent diverges. In n dimensions it diverges above 2/lambda_max, and the
time to converge is proportional to kappa = lambda_max / lambda_min."""
SHARES = (0.3, 1.0, 1.7, 2.0, 2.1)
KAPPAS = (3, 10, 30, 100, 300, 1000)
INPUTS, SAMPLES = 10, 40
CLOSE = 1e-3  # of the first distance to the minimum
MOST_STEPS = 20 * max(KAPPAS)  # for all: a limit that grew with kappa would look so too


def run(rng=0):
    """Descend a parabola at several rates, and bowls of several conditions."""
    rng = get_rng(rng)
    numbers, paths = {}, []
    curvature = rng.uniform(0.5, 5)
    for share in SHARES:
        path = _parabola(curvature, share / curvature)
        paths.append(Series(f"{share:g} / lambda", range(len(path)), path))
        numbers[f"1-D, rate {share:g} / lambda"] = {"|w| after 12 steps": abs(path[-1])}
    bound = max_rate(*_bowl(10, rng), accuracy=1e-9).rate
    inside, outside = (
        _distances(*_bowl(10, rng), share * bound, 500)[-1] for share in (0.98, 1.02)
    )
    numbers["n-D, rate 1.96 / lambda_max"] = {"|w| after 500 steps": inside}
    numbers["n-D, rate 2.04 / lambda_max"] = {"|w| after 500 steps": outside}
    times = [_time(kappa, rng) for kappa in KAPPAS]
    for kappa, time in zip(KAPPAS, times, strict=True):
        numbers[f"n-D, kappa {kappa}"] = {"steps to 1/1000": time}
    guide = [times[1] / KAPPAS[1] * kappa for kappa in KAPPAS]
    power = slope(np.log(KAPPAS[1:]), np.log(times[1:]))
    numbers["power of kappa in the time"] = {"": power}
    first, ends = abs(paths[1].y[1]), [abs(path.y[-1]) for path in paths]
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        first < 1e-12
        and max(ends[:3]) < 0.1
        and abs(ends[3] - 1) < 1e-6
        and ends[4] > 1
        and inside < 0.1
        and outside > 10
        and abs(power - 1) < 0.1,
        f"At 1/lambda one step leaves {first:.1g} of the distance, at "
        f"2.1/lambda twelve leave {ends[4]:.1f}. In 10 dimensions 500 steps at 0.98 "
        f"of the bound leave {inside:.1g}, at 1.02 of it {outside:.1g}; the time to "
        f"converge goes as kappa^{power:.2f}.",
        [
            Panel("step", "w (minimum at 0)", paths),
            Panel(
                "condition number kappa",
                "steps to 1/1000 of the distance",
                [
                    Series("rate 1 / lambda_max", KAPPAS, times, "points"),
                    Series("kappa", KAPPAS, guide, "guide"),
                ],
                "xy",
            ),
        ],
    )


def _parabola(curvature, rate, steps=12):
    """Return w before the first step and after each, on curvature w^2 / 2."""
    w, dC_dw = np.ones(1), np.empty(1)
    optimizer, path = SGD((w, dC_dw), rate), [1.0]
    for _ in range(steps):
        dC_dw[...] = curvature * w
        optimizer.step()
        path.append(float(w[0]))
    return path


def _bowl(kappa, rng):
    """Return a net, criterion, x and target whose Hessian has eigenvalues 1/kappa to 1.

    The minimum is at w = 0, and the net starts at distance 1.
    """
    eigenvalues = np.geomspace(1 / kappa, 1, INPUTS)
    columns, _ = np.linalg.qr(rng.standard_normal((SAMPLES, INPUTS)))
    mixing, _ = np.linalg.qr(rng.standard_normal((INPUTS, INPUTS)))
    x = columns * np.sqrt(SAMPLES * eigenvalues / 2) @ mixing
    net = linear(INPUTS, 1, bias=False)
    net.weight[...] = mixing.sum(axis=0) / np.sqrt(INPUTS)  # all eigenvectors alike
    return net, MSECriterion(), x, np.zeros((SAMPLES, 1))


def _distances(net, criterion, x, target, rate, steps, close=0.0):
    """Return |w| after each step, up to where it is ``close``."""
    optimizer, path = SGD(net, rate), []
    fun = partial(cost_of(net, criterion), x, target)
    for _ in range(steps):
        optimizer.step(fun)
        path.append(float(np.linalg.norm(net.weight)))
        if path[-1] < close:
            break
    return path


def _time(kappa, rng):
    given = _bowl(kappa, rng)
    rate = max_rate(*given, accuracy=1e-9).rate / 2
    return len(_distances(*given, rate, MOST_STEPS, CLOSE))
