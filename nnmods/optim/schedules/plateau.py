"""Plateau: a rate that falls when training no longer gets better."""

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from numbers import Real

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count, check_fraction, check_number


@dataclass(frozen=True, eq=False)
class Plateau:
    """Reduce the rate when a measure has not improved for a while.

    `report` is called after each measurement. One is an improvement if it is better
    than the best one so far by more than a threshold; after more than ``patience``
    others in a row the factor is multiplied by ``factor``. These are the rules of
    PyTorch's ``ReduceLROnPlateau`` (with its ``eps=0``), except that a relative
    threshold is a share of the best measure's size also where that is negative.

    Parameters
    ----------
    factor : float, default=0.1
        Of one reduction, in [0, 1).
    patience : int, default=10
        How many measurements without an improvement are waited for.
    threshold : float, default=1e-4
        At least 0, and less than 1 if relative.
    relative : bool, default=True
        Whether ``threshold`` is a share of the best measure, or absolute.
    cooldown : int, default=0
        How many measurements after a reduction are not counted.
    floor : float, default=0.0
        The smallest factor, from 0 to 1.
    mode : {"min", "max"}, default="min"
        Which measure is better: the smaller or the larger one.

    Examples
    --------
    >>> schedule = Plateau(factor=0.5, patience=1)
    >>> for t, cost in ((10, 3.0), (20, 2.0), (30, 2.5), (40, 2.0)):
    ...     schedule.report(cost, t)
    >>> [schedule(t) for t in (0, 39, 40, 1000)]
    [1.0, 1.0, 0.5, 0.5]
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    relative: bool = True
    cooldown: int = 0
    floor: float = 0.0
    mode: str = "min"
    _state: dict = field(init=False, repr=False)

    def __post_init__(self):
        check_number("Plateau", "factor", self.factor, below=1)
        check_count("Plateau", "patience", self.patience, least=0)
        below = 1 if self.relative else math.inf
        check_number("Plateau", "threshold", self.threshold, below)
        check_count("Plateau", "cooldown", self.cooldown, least=0)
        check_fraction("Plateau", "floor", self.floor)
        if self.mode not in ("min", "max"):
            raise ValueError(
                f"Plateau: mode has value {self.mode!r}, expected 'min' or 'max'"
            )
        worst = math.inf if self.mode == "min" else -math.inf
        start = {"best": worst, "waited": 0, "cooling": 0, "t": 0, "reductions": []}
        object.__setattr__(self, "_state", start)

    def __call__(self, t):
        count = bisect_right(self._state["reductions"], t)
        return max(float(self.factor**count), self.floor)

    def report(self, value, t):
        """Take a measurement into account, which may reduce the rate from step t on.

        Parameters
        ----------
        value : float
            nan is no improvement.
        t : int
            Number of steps done, no less than in the last report.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described; nothing has changed then.
        """
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(
                f"Plateau: value has type {type(value).__name__}, expected a number"
            )
        state = self._state
        t = check_count("Plateau", "t", t, least=state["t"])
        state["t"] = t
        if self._is_better(float(value)):
            state["best"], state["waited"] = float(value), 0
        else:
            state["waited"] += 1
        if state["cooling"]:
            state["cooling"] -= 1
            state["waited"] = 0
        if state["waited"] > self.patience:
            state["cooling"], state["waited"] = self.cooldown, 0
            if self(t) > self.floor:
                state["reductions"].append(t)

    def state_dict(self):
        """Return a copy of what the reports have come to."""
        return self._state | {"reductions": list(self._state["reductions"])}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If it is no state of a Plateau; nothing has changed then.
        """
        check_names("Plateau", state, self._state)
        # a file may have made arrays of numbers and lists
        given = {name: np.asarray(value).tolist() for name, value in state.items()}
        best = given["best"]
        if isinstance(best, bool) or not isinstance(best, Real):
            raise TypeError(
                f"Plateau: best has type {type(best).__name__}, expected a number"
            )
        new = {"best": float(best)}
        for name in ("waited", "cooling", "t"):
            new[name] = check_count("Plateau", name, given[name], least=0)
        if not isinstance(given["reductions"], list):
            raise TypeError(
                f"Plateau: reductions has type {type(given['reductions']).__name__}, "
                "expected a list of steps"
            )
        new["reductions"] = [
            check_count("Plateau", f"reductions[{i}]", t, least=0)
            for i, t in enumerate(given["reductions"])
        ]
        if new["reductions"] != sorted(new["reductions"]):
            raise ValueError(
                f"Plateau: reductions has value {new['reductions']}, expected "
                "increasing steps"
            )
        self._state.update(new)

    def _is_better(self, value):
        best, sign = self._state["best"], 1 if self.mode == "min" else -1
        best, value = sign * best, sign * value  # the smaller, the better
        if self.relative:
            # no difference: the first best is infinite
            wanted = best * (1 - math.copysign(self.threshold, best))
        else:
            wanted = best - self.threshold
        return value < wanted
