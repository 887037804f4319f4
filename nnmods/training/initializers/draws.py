"""Draws: random numbers of a given deviation, and the checks of what scales them."""

import math
from numbers import Real

import numpy as np

#: Deviation of a standard normal number, given that it lies within -2 and 2.
CUT = 0.8796256610342398

DISTRIBUTIONS = ("normal", "uniform", "truncated")


def drawn(rng, distribution, std, shape):
    """Return random numbers of mean 0 and standard deviation ``std``."""
    if distribution == "normal":
        return rng.normal(0, std, shape)
    if distribution == "truncated":
        return cut_normal(rng, std / CUT, shape)
    bound = math.sqrt(3) * std
    return rng.uniform(-bound, bound, shape)


def cut_normal(rng, std, shape):
    """Return normal numbers, those beyond ``2 * std`` drawn again.

    Examples
    --------
    >>> numbers = cut_normal(np.random.default_rng(0), 1.0, 100_000)
    >>> f"{abs(numbers).max():.2f}", f"{numbers.std():.2f}"
    ('2.00', '0.88')
    """
    numbers = rng.normal(0, 1, shape)
    beyond = np.abs(numbers) > 2
    while beyond.any():
        numbers[beyond] = rng.normal(0, 1, np.count_nonzero(beyond))
        beyond = np.abs(numbers) > 2
    return std * numbers


def check_positive(owner, name, value):
    """Return ``value`` as a float, once known to be a finite positive number."""
    if not 0 < _checked(owner, name, value) < math.inf:
        raise ValueError(
            f"{owner}: {name} has value {value}, expected a finite positive number"
        )
    return float(value)


def check_finite(owner, name, value):
    """Return ``value`` as a float, once known to be a finite number."""
    if not math.isfinite(_checked(owner, name, value)):
        raise ValueError(f"{owner}: {name} has value {value}, expected a finite number")
    return float(value)


def _checked(owner, name, value):
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{owner}: {name} has type {type(value).__name__}, expected a number"
        )
    return value
