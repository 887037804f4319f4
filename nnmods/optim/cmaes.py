"""CMAES: a search by normal distributions that adapt to the cost."""

import math

import numpy as np

from nnmods.optim.checks import check_count, check_number
from nnmods.optim.cmaes_constants import constants
from nnmods.optim.population import Population


class CMAES(Population):
    """Covariance matrix adaptation evolution strategy, without gradients.

    Each generation draws ``popsize`` candidates from the normal distribution of mean m
    and covariance ``step_size^2 C``, and moves it towards the better half::

        x_k  = m + step_size * B (D * z_k),   z_k normal,   C = B D^2 B^T
        m    = sum_k weights_k x_k            (of the better half, the best first)
        y    = (m - m_before) / step_size
        ps   = (1 - cs) ps + sqrt(cs (2 - cs) mu_eff) C^(-1/2) y
        pc   = (1 - cc) pc + h sqrt(cc (2 - cc) mu_eff) y
        C    = (1 - c1a - cmu) C + c1 pc pc^T
               + cmu sum_k weights_k (x_k - m_before)(x_k - m_before)^T / step_size^2
        step_size = step_size * exp(min(0.6, cs / damping * (|ps|^2 / n - 1) / 2))

    The constants are those of [2]_. Memory and time grow with ``n^2`` and more: it is
    for up to some hundred weights, and where there is no gradient. That of ``fun`` is
    not looked at. After a step w is the best point found, the w at the start included;
    it must not be written to during a run.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    sigma : float, default=0.5
        The step size at first, above 0: about a third of how far away the minimum may
        be.
    popsize : int, default=None
        At least 4; None is ``4 + floor(3 ln n)``.
    max_iter : int or None, default=1
        Generations of one step. None is a whole run, which begins anew at w.
    max_evals : int, default=None
        Candidates of a run; None is ``1000 n^2``.
    target : float, default=None
        A cost that is low enough.
    min_iter : int, default=1
        Generations that no criterion stops.
    torch7 : bool, default=False
        Whether to leave the w at the start out of the points found, as Torch7 does: a
        step may then end in a worse one.
    rng : int, numpy.random.Generator or None, default=None
        Draws ``z``, candidate by candidate.

    Attributes
    ----------
    mean : ndarray, shape (n,)
    step_size : float
    C : ndarray, shape (n, n)
    best : ndarray, shape (n,)
    best_cost : float
    generation : int
    stopped : str
        Why the run has ended: "evaluations", "target", "condition" (the axes of C
        differ by 1e7), "tol_fun" (the costs of a generation differ by less than 1e-12),
        "tol_x" (its points by less than 1e-11); empty while it goes on.
    costs : list of float
        That of the w before the last step, the lowest of each generation, and the
        lowest of all.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] N. Hansen, A. Ostermeier, "Completely derandomized self-adaptation in
           evolution strategies", Evolutionary Computation 9 (2001).
    .. [2] N. Hansen, ``barecmaes2.py``; Torch7, optim, ``cmaes.lua``, after it: the
           same points with ``torch7``, and a `Torch7Generator` of the same seed.

    Examples
    --------
    >>> w, dC_dw = np.array([3.0, -2.0]), np.zeros(2)
    >>> opt = CMAES((w, dC_dw), max_iter=None, rng=0)
    >>> opt.step(lambda: float((w * w).sum()))
    13.0
    >>> bool(np.abs(w).max() < 1e-5), opt.stopped
    (True, 'tol_fun')
    """

    def __init__(
        self,
        net_or_pair,
        sigma=0.5,
        popsize=None,
        max_iter=1,
        max_evals=None,
        target=None,
        min_iter=1,
        torch7=False,
        rng=None,
    ):
        self.sigma = check_number("CMAES", "sigma", sigma)
        if sigma == 0:
            raise ValueError("CMAES: sigma has value 0, expected a number > 0")
        self.target = None if target is None else float(target)
        self.min_iter = check_count("CMAES", "min_iter", min_iter)
        more = ("decomposed", "step_size", "mean", "ps", "pc", "C", "B", "D")
        super().__init__(net_or_pair, popsize, max_iter, max_evals, torch7, rng, more)
        n = self.w.size
        self._size = self.popsize or 4 + math.floor(3 * math.log(max(n, 1)))
        self._k = constants(n, self._size)
        self._candidates = np.empty((self._size, n), self.w.dtype)

    def _restart(self):
        super()._restart()
        n = self.w.size
        self.decomposed = 0  # candidates of the run when B and D were made
        self.step_size = self.sigma
        self.mean = self.w.astype(np.float64)
        self.ps, self.pc = np.zeros(n), np.zeros(n)
        self.C, self.B, self.D = np.eye(n), np.eye(n), np.ones(n)

    def _search(self, fun):
        super()._search(fun)
        self.costs.append(self.best_cost)

    def _begin(self, fun):
        self.mean[...] = self.w
        cost = self._cost_at(self.best, fun)
        self.costs.append(cost)
        if not self.torch7:
            self._note(self.best, cost)
        return "" if self.w.size else "tol_x"

    def _breed(self, fun):
        k, x = self._k, self._candidates
        if self.run_evaluations - self.decomposed > self._size / (k.c1 + k.cmu) / (
            10 * self.w.size
        ):
            self._decompose()
        z = self.rng.standard_normal(x.shape) * self.D
        x[...] = self.mean + z @ self.B.T * self.step_size
        costs = np.array([self._cost_at(candidate, fun) for candidate in x])
        self.run_evaluations += self._size
        order = np.argsort(costs, kind="stable")  # nan last
        lowest, highest = float(costs[order[0]]), float(costs[order[-1]])
        self.costs.append(lowest)
        self._note(x[order[0]], lowest)
        self._adapt(x[order[: k.weights.size]].astype(np.float64))
        reason = self._reason(lowest, highest)
        ends = reason and self.generation + 1 >= self.min_iter
        return reason if ends else ""

    def _decompose(self):
        """Make B and D anew from C."""
        self.decomposed = self.run_evaluations
        self.C = np.triu(self.C) + np.triu(self.C, 1).T
        variances, self.B = np.linalg.eigh(self.C, "U")
        # at the floor, which rounding may pass by, the run stops for its condition
        floor = float(variances[-1]) * 0.9e-14
        self.D = np.sqrt(np.maximum(variances, floor))

    def _adapt(self, parents):
        """Move the distribution towards the parents, the best first."""
        k, n = self._k, self.w.size
        before, self.mean = self.mean, k.weights @ parents
        y = self.mean - before
        z = (self.B / self.D) @ (self.B.T @ y)
        self.ps += math.sqrt(k.cs * (2 - k.cs) * k.mu_eff) / self.step_size * z - (
            k.cs * self.ps
        )
        length = float((self.ps**2).sum()) / n
        fading = 1 - (1 - k.cs) ** (2 * self.run_evaluations / self._size)
        h = 1.0 if length / fading < 2 + 4 / (n + 1) else 0.0
        self.pc += h * math.sqrt(k.cc * (2 - k.cc) * k.mu_eff) / self.step_size * y - (
            k.cc * self.pc
        )
        c1a = k.c1 * (1 - (1 - h) * k.cc * (2 - k.cc))
        growth = math.exp(min(0.6, k.cs / k.damping * (length - 1) / 2))
        steps = parents - before
        spread = (steps * k.weights[:, None]).T @ steps / self.step_size**2
        self.C += (
            k.c1 * np.outer(self.pc, self.pc)
            + k.cmu * spread
            - ((c1a + k.cmu) * self.C)
        )
        self.step_size *= growth

    def _reason(self, lowest, highest):
        """Return why to stop after this generation, if it is a reason."""
        longest, shortest = float(self.D.max()), float(self.D.min())
        limit = 1e3 * self.w.size**2 if self.max_evals is None else self.max_evals
        if self.run_evaluations >= limit:
            return "evaluations"
        if self.target is not None and lowest <= self.target:
            return "target"
        if longest > 1e7 * shortest:
            return "condition"
        if highest - lowest < 1e-12:
            return "tol_fun"
        return "tol_x" if self.step_size * longest < 1e-11 else ""
