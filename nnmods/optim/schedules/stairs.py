"""Stairs: factors that fall at certain steps and rest in between."""

from bisect import bisect_right
from dataclasses import dataclass

from nnmods.optim.checks import check_count, check_fraction
from nnmods.optim.schedules.milestones import check_milestones


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
        return float(self.factor ** int(t // self.every))


@dataclass(frozen=True)
class MultiStep:
    """The factor ``factor ** n`` once n of the milestones have been reached.

    Parameters
    ----------
    milestones : sequence of int
        The first step after each reduction, at least 1 and increasing.
    factor : float, default=0.1
        Of one reduction, from 0 to 1.

    Examples
    --------
    >>> schedule = MultiStep([10, 30], factor=0.5)
    >>> [schedule(t) for t in (0, 9, 10, 29, 30)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    milestones: tuple
    factor: float = 0.1

    def __post_init__(self):
        milestones = check_milestones("MultiStep", self.milestones)
        check_fraction("MultiStep", "factor", self.factor)
        object.__setattr__(self, "milestones", milestones)

    def __call__(self, t):
        return float(self.factor ** bisect_right(self.milestones, t))
