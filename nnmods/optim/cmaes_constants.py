"""Constants of CMAES: its rates, which follow from two numbers."""

import math
from typing import NamedTuple

import numpy as np


class Constants(NamedTuple):
    """What the method derives from the numbers of weights and of candidates."""

    weights: np.ndarray  # of the better half, of sum 1
    mu_eff: float
    cc: float
    cs: float
    c1: float
    cmu: float
    damping: float


def constants(n, popsize):
    """Return the `Constants` of `CMAES`, as in its second reference.

    Examples
    --------
    >>> k = constants(n=2, popsize=6)
    >>> k.weights.round(4), round(k.mu_eff, 4)
    (array([0.637 , 0.2846, 0.0784]), 2.0286)
    """
    mu = popsize / 2
    weights = math.log(mu + 0.5) - np.log(np.arange(1, math.floor(mu) + 1))
    weights /= weights.sum()
    mu_eff = float(weights.sum() ** 2 / (weights**2).sum())
    cs = (mu_eff + 2) / (n + mu_eff + 5)
    c1 = 2 / ((n + 1.3) ** 2 + mu_eff)
    return Constants(
        weights,
        mu_eff,
        cc=(4 + mu_eff / max(n, 1)) / (n + 4 + 2 * mu_eff / max(n, 1)),
        cs=cs,
        c1=c1,
        cmu=min(1 - c1, 2 * (mu_eff - 2 + 1 / mu_eff) / ((n + 2) ** 2 + mu_eff)),
        damping=2 * mu_eff / popsize + 0.3 + cs,
    )
