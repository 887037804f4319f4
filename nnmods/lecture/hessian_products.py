"""Statement 35: products with the Hessian, and its spectrum."""

from functools import partial

import numpy as np

from nnmods.analysis import ggn_operator, hessian_by_differences, hessian_operator
from nnmods.analysis.differences import Gradients
from nnmods.core import get_rng
from nnmods.criterions import MSECriterion
from nnmods.lecture.experiment import Experiment, Panel, Series
from nnmods.lecture.nets import (
    coarse_digits,
    cost_of,
    distance,
    linear,
    one_hidden_layer,
)
from nnmods.optim import LBFGS

NUMBER = 35
TITLE = "Three ways to a product with the Hessian, of few large eigenvalues"
STATEMENT = """\
Differences of two gradients, and a tangent sent forward and back, give the same product
with the Hessian; so does J^T H J of Jacobians where the network is linear, and nearly
where it fits the targets. The Hessian has few large eigenvalues and many small ones."""
SAMPLES, GRADIENTS = 300, 100
STEPS = np.logspace(-12, 0, 13)


def run(rng=0):
    """Multiply a vector in three ways, and take a Hessian to pieces."""
    rng = get_rng(rng)
    x, target = coarse_digits(SAMPLES, rng)
    nets = {"linear": linear(16, 10, rng=rng)}
    nets["one hidden layer"] = start = one_hidden_layer(16, 10, 10, rng)
    nets["the same, trained"] = _trained(start.clone(), x, target)
    numbers = {}
    for name, net in nets.items():
        given = net, MSECriterion(), x, target
        v = rng.standard_normal(net.flatten_parameters()[0].size)
        exact = hessian_operator(*given) @ v
        numbers[name] = {
            "by differences": distance(hessian_by_differences(*given) @ v, exact),
            "by J^T H J": distance(ggn_operator(*given) @ v, exact),
        }
    gradients = Gradients("hessian_products", *given)  # of the last net
    errors = [distance(_difference(gradients, v, step), exact) for step in STEPS]
    spectra = {
        "Hessian": hessian_operator(*given).dense(),
        "Gauss-Newton": ggn_operator(*given).dense(),
    }
    sizes = {name: _sizes(matrix) for name, matrix in spectra.items()}
    for name, size in sizes.items():
        numbers[f"eigenvalues, {name}"] = {
            "number": size.size,
            "above 1/10 of the largest (%)": 100 * np.mean(size > size[0] / 10),
            "below 1/100 (%)": 100 * np.mean(size < size[0] / 100),
        }
    differences, products = zip(
        *([*numbers[name].values()] for name in nets), strict=True
    )
    number, large, small = numbers["eigenvalues, Hessian"].values()
    return Experiment(
        NUMBER,
        TITLE,
        STATEMENT,
        numbers,
        max(differences) < 1e-6
        and products[0] < 1e-12
        and products[2] < min(0.1, products[1])
        and large < 20
        and small > 50,
        f"Differences agree to {max(differences):.0e}. J^T H J agrees to "
        f"{products[0]:.0e} for the linear net; with a hidden layer it is off by "
        f"{100 * products[1]:.0f} % at the start, {100 * products[2]:.1f} % after "
        f"training. Of the {number} eigenvalues then {large:.0f} % are above a tenth "
        f"of the largest, {small:.0f} % below a hundredth.",
        [
            Panel(
                "number of the eigenvalue",
                "size (share of the largest)",
                [
                    Series(name, range(1, len(size) + 1), size / size[0])
                    for name, size in sizes.items()
                ],
                "y",
                (1e-8, 2),
            ),
            Panel(
                "step h of the difference",
                "distance from the exact product",
                [Series("", STEPS, errors, "points")],
                "xy",
            ),
        ],
    )


def _trained(net, x, target):
    cost, optimizer, done = cost_of(net, MSECriterion()), LBFGS(net), 0
    while done < GRADIENTS:
        optimizer.step(partial(cost, x, target))
        done += len(optimizer.costs)
    return net


def _difference(gradients, v, step):
    """Return (dC_dw(w + h v) - dC_dw(w - h v)) / (2 h), with v of length 1 in it."""
    w, size = gradients.w, np.linalg.norm(v)
    dw = step / size * v
    return size * (gradients.at(w + dw) - gradients.at(w - dw)) / (2 * step)


def _sizes(matrix):
    """Return |lambda|, the largest first."""
    return np.sort(np.abs(np.linalg.eigvalsh((matrix + matrix.T) / 2)))[::-1]
