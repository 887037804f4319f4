"""FISTA and ISTA: gradient steps for a smooth cost plus a penalty with kinks."""

import math

import numpy as np

from nnmods.optim.checks import check_count, check_number
from nnmods.optim.penalties import soft_threshold
from nnmods.optim.searching import Searching
from nnmods.optim.vectors import inner, sum_of_absolutes


class FISTA(Searching):
    """Minimise ``C(w) + penalty(w)``, by default ``C(w) + l1 |w|_1``.

    ::

        x      = prox(w - g / L, 1 / L),       g = dC_dw
        w      = x + (1 - k) / k_next * (x_before - x)
        k_next = (1 + sqrt(1 + 4 k^2)) / 2,    k = 1 at first

    where ``prox(u, h)`` is the minimiser over x of ``|x - u|^2 / 2 + h penalty(x)``, of
    l1 the soft threshold. Without ``accelerated`` ``w = x``, which is ISTA. L is made
    larger by ``growth`` until the parabola lies above the cost::

        C(x) <= C(w) + g.(x - w) + L/2 |x - w|^2

    A step does up to ``max_iter`` such iterations, and ends before where two in a row
    change the cost by at most ``tol``; the next step goes on with its L and k. The
    gradient that ``fun`` gives is that of C, without the penalty. After a step w is the
    point ahead, from which the next goes on, and ``x`` the last one that prox gave;
    both end in the same point. To leave x in the net, write ``opt.w[...] = opt.x``.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    l1 : float, default=0.0
        Factor of the penalty ``|w|_1``, biases and all.
    accelerated : bool, default=True
        Whether to do FISTA rather than ISTA.
    L : float, default=0.1
        At first, above 0. It only grows: a small one costs a few evaluations once.
    growth : float, default=1.5
        Above 1.
    max_iter : int, default=50
    max_line : int, default=20
        How often L grows in one iteration; then x stays where it was.
    tol : float, default=1e-4
    prox : callable, default=None
        ``prox(w, h)``, which replaces the vector w in place by the minimiser above: for
        another penalty than l1, and together with it.
    penalty : callable, default=None
        ``penalty(w) -> float``.

    Attributes
    ----------
    x : ndarray, shape (n,)
    costs : list of float
        ``C + penalty`` of the w before the last step, and after each iteration.
    lines : list of int
        How many L each iteration of the last step tried.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for
           linear inverse problems", SIAM J. Imaging Sciences 2 (2009).
    .. [2] Torch7, optim, ``fista.lua``: the same points from ``w = 0`` on, where it
           always starts.

    Examples
    --------
    >>> w, dC_dw = np.zeros(2), np.zeros(2)
    >>> def fun():
    ...     dC_dw[...] = w - (3, 0.5)
    ...     return float((dC_dw * dC_dw).sum() / 2)
    >>> opt = FISTA((w, dC_dw), l1=1.0, tol=1e-12)
    >>> opt.step(fun)
    4.625
    >>> w.round(4)
    array([2., 0.])
    """

    def __init__(
        self,
        net_or_pair,
        l1=0.0,
        accelerated=True,
        L=0.1,
        growth=1.5,
        max_iter=50,
        max_line=20,
        tol=1e-4,
        prox=None,
        penalty=None,
    ):
        self.l1 = check_number("FISTA", "l1", l1)
        self.accelerated = bool(accelerated)
        self.L = check_number("FISTA", "L", L)
        self.growth = check_number("FISTA", "growth", growth)
        self.max_iter = check_count("FISTA", "max_iter", max_iter)
        self.max_line = check_count("FISTA", "max_line", max_line, least=0)
        self.tol = check_number("FISTA", "tol", tol)
        for name, value, least in (("L", L, 0), ("growth", growth, 1)):
            if value <= least:
                raise ValueError(
                    f"FISTA: {name} has value {value}, expected a number > {least}"
                )
        for name, value in (("prox", prox), ("penalty", penalty)):
            if not callable(value) and (prox is not None or penalty is not None):
                raise TypeError(
                    f"FISTA: {name} has type {type(value).__name__}, expected a "
                    "callable, as prox and penalty are given together"
                )
        if prox is not None and l1:
            raise ValueError(f"FISTA: l1 has value {l1}, expected 0 beside a prox")
        self.prox, self.penalty = prox, penalty
        self.k, self.lines = 1.0, []
        super().__init__(net_or_pair, state=("x",), more_state=("L", "k"))
        self._gradient, self._change = np.empty_like(self.w), np.empty_like(self.w)

    def _search(self, fun):
        if self.t == 0:
            np.copyto(self.x, self.w)
        self.lines.clear()
        C = self._evaluate(fun)
        self.costs.append(C + self._penalty())
        for iteration in range(self.max_iter):
            np.copyto(self._origin, self.w)
            np.copyto(self._gradient, self.dC_dw)
            if not self._descend(fun, C):
                np.copyto(self.w, self.x)
            self._go_ahead()
            C = self._evaluate(fun)
            self.costs.append(C + self._penalty())
            if iteration and abs(self.costs[-1] - self.costs[-2]) <= self.tol:
                return

    def _descend(self, fun, C):
        """Move w to prox of a gradient step; return False if no L is large enough."""
        g, start, change = self._gradient, self._origin, self._change
        for line in range(self.max_line + 1):
            self.L *= self.growth if line else 1.0
            np.subtract(start, np.multiply(g, 1 / self.L, out=change), out=self.w)
            if self.prox is None:
                soft_threshold(self.w, self.l1 / self.L, scratch=change)
            else:
                self.prox(self.w, 1 / self.L)
            C_there = self._evaluate(fun)
            np.subtract(self.w, start, out=change)
            bound = C + inner(g, change) + self.L / 2 * inner(change, change)
            if C_there <= bound:
                break
        self.lines.append(line + 1)
        return C_there <= bound

    def _go_ahead(self):
        """Move w, which is the new x, further the way it came."""
        x, change = self.x, self._change
        if self.accelerated:
            following = (1 + math.sqrt(1 + 4 * self.k * self.k)) / 2
            np.subtract(x, self.w, out=change)
            np.multiply(change, (1 - self.k) / following, out=change)
            np.copyto(x, self.w)
            np.add(self.w, change, out=self.w)
            self.k = following
        else:
            np.copyto(x, self.w)

    def _penalty(self):
        if self.penalty is not None:
            return float(self.penalty(self.w))
        return self.l1 * sum_of_absolutes(self.w) if self.l1 else 0.0
