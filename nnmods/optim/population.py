"""Population: what the methods that draw candidates and need no gradient share."""

import math

import numpy as np

from nnmods.core.generators import generator_state
from nnmods.core.rng import get_rng
from nnmods.core.states import Restorable, check_names
from nnmods.optim.checks import check_count
from nnmods.optim.searching import Searching, check_limit


class Population(Searching):
    """A search by generations of candidates, of which the best is kept.

    After a step w is the best point that was found. With ``max_iter`` a number a step
    does so many generations of one run, which goes on from step to step until
    ``stopped`` names a reason; then a step changes nothing. With None each step is a
    whole run, and begins anew at w.

    A subclass writes `_restart` (the state before the first generation), `_begin` (its
    first evaluations) and `_breed` (a generation, and the reason to stop after it).

    Parameters
    ----------
    net_or_pair : object or tuple
    popsize, max_iter : int or None
    max_evals : int or None
    torch7 : bool
    rng : int, numpy.random.Generator or None
    more_state : tuple of str
        Names, as in `Optimizer`; `_restart` sets them.
    """

    def __init__(
        self, net_or_pair, popsize, max_iter, max_evals, torch7, rng, more_state
    ):
        owner = type(self).__name__
        least = 4 if popsize is None else check_count(owner, "popsize", popsize, 4)
        self.popsize = None if popsize is None else least
        self.max_iter = (
            None if max_iter is None else check_count(owner, "max_iter", max_iter)
        )
        self.max_evals = check_limit(owner, "max_evals", max_evals)
        self.torch7 = bool(torch7)
        self.rng = get_rng(rng)
        names = ("generation", "run_evaluations", "best_cost", "stopped")
        super().__init__(net_or_pair, state=("best",), more_state=names + more_state)
        self._restart()

    def _restart(self):
        self.generation = 0
        self.run_evaluations = 0
        self.best_cost = math.inf
        self.stopped = ""

    def _search(self, fun):
        if self.max_iter is None:
            self._restart()
        if self.generation == 0:
            np.copyto(self.best, self.w)
            self.stopped = self._begin(fun)
        else:
            self.costs.append(self.best_cost)
        last = math.inf if self.max_iter is None else self.generation + self.max_iter
        while not self.stopped and self.generation < last:
            self.stopped = self._breed(fun)
            self.generation += 1
        np.copyto(self.w, self.best)

    def _cost_at(self, point, fun):
        """Return the cost at a point."""
        np.copyto(self.w, point)
        return self._evaluate(fun)

    def _note(self, point, cost):
        """Keep a point that is better than the best."""
        if cost < self.best_cost:
            np.copyto(self.best, point)
            self.best_cost = cost

    def state_dict(self):
        return super().state_dict() | {"rng": generator_state(self.rng)}

    def load_state_dict(self, state):
        owner = repr(self)
        check_names(owner, state, self.state_dict())
        rng = Restorable(owner, self.rng)
        rng.check(state["rng"])
        super().load_state_dict(state)
        rng.load_state_dict(state["rng"])
