"""Cosines: half a wave from 1 down to a floor, once or again and again."""

import math
from dataclasses import dataclass

from nnmods.optim.checks import check_count, check_fraction


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
        return descent(min(t / self.steps, 1), self.floor)


@dataclass(frozen=True)
class CosineRestarts:
    """Half cosine waves from 1 down to ``floor``, each beginning at 1 again [1]_.

    The first wave has ``steps`` steps, each later one ``growth`` times as many as the
    one before it. As in PyTorch's ``CosineAnnealingWarmRestarts``, the step after the
    last one of a wave would be at the floor, and is the first one of the next wave.

    Parameters
    ----------
    steps : int
        Length of the first wave, at least 1.
    growth : int, default=1
        At least 1.
    floor : float, default=0.0
        From 0 to 1.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm
           restarts", ICLR 2017, eq. (5), with T_0 and T_mult for steps and growth.

    Examples
    --------
    >>> schedule = CosineRestarts(2, growth=2, floor=0.5)
    >>> [schedule(t) for t in (0, 1, 2, 4, 6)]
    [1.0, 0.75, 1.0, 0.75, 1.0]
    """

    steps: int
    growth: int = 1
    floor: float = 0.0

    def __post_init__(self):
        check_count("CosineRestarts", "steps", self.steps)
        check_count("CosineRestarts", "growth", self.growth)
        check_fraction("CosineRestarts", "floor", self.floor)

    def __call__(self, t):
        length = self.steps
        if self.growth == 1:
            t %= length
        while t >= length:  # at most once per doubling of t; a logarithm would round
            t -= length
            length *= self.growth
        return descent(t / length, self.floor)


def descent(share, floor):
    """Return the height of half a cosine wave from 1 to ``floor``, at a share of it.

    Examples
    --------
    >>> descent(0.5, floor=0.0)
    0.5
    """
    return floor + (1 - floor) * (1 + math.cos(math.pi * share)) / 2
