"""Schedules made of schedules: one after the other, or all at once."""

import math
from bisect import bisect_right
from dataclasses import dataclass

from nnmods.core.states import check_names
from nnmods.optim.schedules.milestones import check_milestones


@dataclass(frozen=True)
class Combined:
    """The family of schedules made of schedules.

    Each `Plateau` among them, at whatever depth, gets the reports that concern it.

    Parameters
    ----------
    schedules : sequence of callable
        At least one ``t -> factor``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    schedules: tuple

    def __post_init__(self):
        owner = type(self).__name__
        if not isinstance(self.schedules, (list, tuple)):
            raise TypeError(
                f"{owner}: schedules has type {type(self.schedules).__name__}, "
                "expected a sequence of schedules"
            )
        if not self.schedules:
            raise ValueError(f"{owner}: schedules has length 0, expected at least 1")
        for i, schedule in enumerate(self.schedules):
            if not callable(schedule):
                raise TypeError(
                    f"{owner}: schedules[{i}] has type {type(schedule).__name__}, "
                    "expected a callable t -> factor"
                )
        object.__setattr__(self, "schedules", tuple(self.schedules))

    def report(self, value, t):
        """Hand a measurement after t steps on to those that take reports."""
        for schedule, since in self._active(t):
            if hasattr(schedule, "report"):
                schedule.report(value, since)

    def state_dict(self):
        """Return the states of those that have one, by their place."""
        return {name: schedule.state_dict() for name, schedule in self._stateful()}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If the names or a state are not those of such a schedule; nothing has
            changed then.
        """
        schedules, before = dict(self._stateful()), self.state_dict()
        check_names(type(self).__name__, state, schedules)
        try:
            for name, schedule in schedules.items():
                schedule.load_state_dict(state[name])
        except (TypeError, ValueError):
            for name, schedule in schedules.items():
                schedule.load_state_dict(before[name])
            raise

    def _stateful(self):
        for i, schedule in enumerate(self.schedules):
            if hasattr(schedule, "state_dict"):
                yield str(i), schedule


@dataclass(frozen=True)
class Product(Combined):
    """The product of the factors of several schedules.

    Parameters
    ----------
    schedules : sequence of callable
        At least one ``t -> factor``.

    Examples
    --------
    >>> from nnmods.optim.schedules import InverseTime, LinearWarmup
    >>> schedule = Product([LinearWarmup(4), InverseTime(0.5)])
    >>> [schedule(t) for t in (0, 2, 6)]
    [0.0, 0.25, 0.25]
    """

    def __call__(self, t):
        return math.prod(schedule(t) for schedule in self.schedules)

    def _active(self, t):
        return [(schedule, t) for schedule in self.schedules]


@dataclass(frozen=True)
class Sequence(Combined):
    """One schedule after the other, each counted from its own beginning.

    As PyTorch's ``SequentialLR``. A report after t steps goes to the schedule that
    makes step t.

    Parameters
    ----------
    schedules : sequence of callable
        At least one ``t -> factor``.
    milestones : sequence of int
        The first step of each schedule but the first, at least 1 and increasing.

    Examples
    --------
    >>> from nnmods.optim.schedules import InverseTime, LinearWarmup
    >>> schedule = Sequence([LinearWarmup(4), InverseTime(0.5)], [4])
    >>> [schedule(t) for t in (0, 2, 4, 6)]
    [0.0, 0.5, 1.0, 0.5]
    """

    milestones: tuple

    def __post_init__(self):
        super().__post_init__()
        milestones = check_milestones("Sequence", self.milestones)
        if len(milestones) != len(self.schedules) - 1:
            raise ValueError(
                f"Sequence: milestones has length {len(milestones)}, expected "
                f"{len(self.schedules) - 1}, one for each schedule but the first"
            )
        object.__setattr__(self, "milestones", milestones)

    def __call__(self, t):
        i = bisect_right(self.milestones, t)
        return self.schedules[i](t - self.milestones[i - 1] if i else t)

    def _active(self, t):
        i = bisect_right(self.milestones, t)
        return [(self.schedules[i], t - self.milestones[i - 1] if i else t)]
