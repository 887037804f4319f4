"""DE: a search by differences of the members of a population."""

import math

import numpy as np

from nnmods.optim.checks import check_number
from nnmods.optim.population import Population


class DE(Population):
    """Differential evolution ("best/1/bin"), without gradients.

    In each generation every member of the population has a child::

        child_j = best_j + scale * (a_j - b_j)     with probability crossover,
                  member_j                         otherwise

    where a and b are two other members, drawn for each child, and one entry j, drawn
    too, is of the first kind in any case. It takes its parent's place where its cost is
    not higher. The first population is w itself and members drawn uniformly between
    ``low`` and ``high``.

    The gradient of ``fun`` is not looked at. After a step w is the best point found; it
    must not be written to during a run.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    low, high : float or ndarray, shape (n,), default=-1.0, 1.0
        The bounds of the first population.
    clip : bool, default=False
        Whether children are moved to within the bounds.
    popsize : int, default=None
        At least 4; None is ``10 n``.
    scale : float, default=0.5
    crossover : float, default=0.9
        From 0 to 1.
    max_iter : int or None, default=1
        Generations of one step; the first also evaluates the first population. None is
        a whole run, which begins anew at w, and needs ``max_evals``.
    max_evals : int, default=None
        Evaluations of a run, of which no generation goes beyond.
    torch7 : bool, default=False
        Whether to do as Torch7 does where it departs from the method: all members of
        the first population are drawn, so that w plays no part; the worst of them is
        the first best; and the entry that is of the first kind in any case is that of
        the number of the member. The cost that `step` returns at first is then that of
        the first member.
    rng : int, numpy.random.Generator or None, default=None

    Attributes
    ----------
    members : ndarray, shape (popsize, n)
    member_costs : ndarray, shape (popsize,)
    best : ndarray, shape (n,)
    best_cost : float
    generation : int
    stopped : str
        "evaluations" where there are not enough left for a generation, else empty.
    costs : list of float
        In the first step of a run all costs evaluated; in others the lowest until then,
        and those evaluated.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] R. Storn, K. Price, "Differential evolution: a simple and efficient heuristic
           for global optimization over continuous spaces", Journal of Global
           Optimization 11 (1997).
    .. [2] Torch7, optim, ``de.lua``: the same points with ``torch7``, and
           ``Torch7Generator(1)``, which it uses always.

    Examples
    --------
    >>> w, dC_dw = np.array([3.0, -2.0]), np.zeros(2)
    >>> opt = DE((w, dC_dw), low=-5, high=5, max_iter=50, rng=0)
    >>> opt.step(lambda: float((w * w).sum()))
    13.0
    >>> bool(np.abs(w).max() < 1e-5)
    True
    """

    def __init__(
        self,
        net_or_pair,
        low=-1.0,
        high=1.0,
        clip=False,
        popsize=None,
        scale=0.5,
        crossover=0.9,
        max_iter=1,
        max_evals=None,
        torch7=False,
        rng=None,
    ):
        self.scale = check_number("DE", "scale", scale)
        self.crossover = check_number("DE", "crossover", crossover)
        if crossover > 1:
            raise ValueError(
                f"DE: crossover has value {crossover}, expected a number from 0 to 1"
            )
        if max_iter is None and max_evals is None:
            raise ValueError(
                "DE: max_evals has value None, expected a number where max_iter is None"
            )
        self.low, self.high, self.clip = low, high, bool(clip)
        more = ("members", "member_costs")
        super().__init__(net_or_pair, popsize, max_iter, max_evals, torch7, rng, more)
        self._children = np.empty_like(self.members)
        self.low = self._bound("low", low)
        self.high = self._bound("high", high)
        if not np.all(self.low <= self.high):
            raise ValueError(f"DE: low has value {low}, expected at most high, {high}")

    def _bound(self, name, value):
        """Return a bound, a number or a vector, as float64."""
        bound = np.asarray(value)
        if bound.dtype.kind not in "iuf":
            raise TypeError(f"DE: {name} has dtype {bound.dtype}, expected numbers")
        if bound.shape not in ((), self.w.shape):
            raise ValueError(
                f"DE: {name} has shape {bound.shape}, expected {self.w.shape} or a "
                "number"
            )
        if not np.isfinite(bound).all():
            raise ValueError(f"DE: {name} has value {value}, expected finite ones")
        return bound.astype(np.float64) if bound.ndim else float(bound)

    def _restart(self):
        super()._restart()
        size = self.popsize or max(10 * self.w.size, 4)
        self.members = np.zeros((size, self.w.size), self.w.dtype)
        self.member_costs = np.full(size, math.inf)

    def _begin(self, fun):
        first = int(not self.torch7)
        drawn = self.members[first:]
        drawn[...] = self.rng.uniform(self.low, self.high, drawn.shape)
        self.members[:first] = self.w
        for i, member in enumerate(self.members):
            self.member_costs[i] = self._noted(member, fun)
        # sic: the largest is the best in Torch7
        best = (np.argmax if self.torch7 else np.argmin)(self.member_costs)
        np.copyto(self.best, self.members[best])
        self.best_cost = float(self.member_costs[best])
        return self._reason()

    def _breed(self, fun):
        costs = []
        for i, child in enumerate(self._children):
            self._mix(i, child)
            costs.append(self._noted(child, fun))
        for i, (child, cost) in enumerate(zip(self._children, costs, strict=True)):
            if cost <= self.member_costs[i]:
                self.members[i] = child
                self.member_costs[i] = cost
                self._note(child, cost)
        return self._reason()

    def _mix(self, i, child):
        """Draw the child of member i."""
        rng, size, n = self.rng, *self.members.shape
        a = b = i
        while a == i:
            a = int(rng.integers(0, size))
        while b in (i, a):
            b = int(rng.integers(0, size))
        j = int(rng.integers(0, n)) if n else 0
        mixed = rng.random(n) < self.crossover
        if self.torch7:
            mixed |= i == j  # sic: all entries of the member with that number
        else:
            mixed[j : j + 1] = True
        np.copyto(child, self.members[i])
        mutant = self.best + self.scale * (self.members[a] - self.members[b])
        np.copyto(child, mutant, where=mixed)
        if self.clip:
            child[...] = np.clip(child, self.low, self.high)

    def _noted(self, point, fun):
        """Return the cost at a point, inf for nan, and note it."""
        cost = self._cost_at(point, fun)
        self.costs.append(cost)
        self.run_evaluations += 1
        return math.inf if math.isnan(cost) else cost

    def _reason(self):
        enough = self.max_evals is None or (
            self.run_evaluations + len(self.members) <= self.max_evals
        )
        return "" if enough else "evaluations"
