"""Schedules: how the learning rate falls as training goes on.

A schedule is any callable ``t -> factor``: step t, counted from 0, is made with the
rate ``lr * factor``. The ones here never increase.
"""

import math
from dataclasses import dataclass

from nnmods.optim.checks import check_count, check_fraction, check_number


@dataclass(frozen=True)
class Constant:
    """The factor 1 at every step.

    Examples
    --------
    >>> Constant()(1000)
    1.0
    """

    def __call__(self, t):
        return 1.0


@dataclass(frozen=True)
class InverseTime:
    """The factor ``1 / (1 + t * decay)``: Torch7's ``learningRateDecay`` [1]_.

    The sum of the rates diverges and the sum of their squares does not, which is what
    lets a noisy gradient converge [2]_.

    Parameters
    ----------
    decay : float
        At least 0. The rate is halved after ``1 / decay`` steps.

    References
    ----------
    .. [1] Torch7, optim, ``sgd.lua`` and ``adam.lua``.
    .. [2] H. Robbins, S. Monro, "A stochastic approximation method", Annals of
           Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> schedule = InverseTime(0.25)
    >>> [schedule(t) for t in (0, 4, 12)]
    [1.0, 0.5, 0.25]
    """

    decay: float

    def __post_init__(self):
        check_number("InverseTime", "decay", self.decay)

    def __call__(self, t):
        return 1 / (1 + t * self.decay)


@dataclass(frozen=True)
class Step:
    """The factor ``factor ** (t // every)``: a stair with steps of equal length.

    Parameters
    ----------
    every : int
        Steps between two reductions, at least 1.
    factor : float, default=0.1
        Of one reduction, from 0 to 1.

    Examples
    --------
    >>> schedule = Step(10, factor=0.5)
    >>> [schedule(t) for t in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """

    every: int
    factor: float = 0.1

    def __post_init__(self):
        check_count("Step", "every", self.every)
        check_fraction("Step", "factor", self.factor)

    def __call__(self, t):
        return float(self.factor ** (t // self.every))


@dataclass(frozen=True)
class Cosine:
    """Half a cosine wave from 1 down to ``floor``, where it stays [1]_.

    ::

        factor(t) = floor + (1 - floor) * (1 + cos(pi * min(t / steps, 1))) / 2

    Parameters
    ----------
    steps : int
        Length of the descent, at least 1.
    floor : float, default=0.0
        The last factor, from 0 to 1.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm
           restarts", ICLR 2017, eq. (5), here without the restarts.

    Examples
    --------
    >>> schedule = Cosine(100, floor=0.5)
    >>> [schedule(t) for t in (0, 50, 100, 101)]
    [1.0, 0.75, 0.5, 0.5]
    """

    steps: int
    floor: float = 0.0

    def __post_init__(self):
        check_count("Cosine", "steps", self.steps)
        check_fraction("Cosine", "floor", self.floor)

    def __call__(self, t):
        wave = (1 + math.cos(math.pi * min(t / self.steps, 1))) / 2
        return self.floor + (1 - self.floor) * wave
