"""CG: conjugate gradients, with a line search at each iteration."""

import numpy as np

from nnmods.optim.checks import check_count, check_fraction, check_number
from nnmods.optim.cubic_line import CubicLine
from nnmods.optim.searching import Searching, check_limit
from nnmods.optim.vectors import inner


class CG(Searching):
    """Nonlinear conjugate gradients, after Rasmussen's ``minimize``.

    ::

        s = -g                                           (at first)
        s = -g + (g.g - g.g_before) / (g_before.g_before) * s   (Polak-Ribiere)
        w = w + z s

    where ``g = dC_dw``, and a line search finds ``z`` such that
    ``C(w + z s) <= C(w) + rho z slope`` and ``|slope at w + z s| <= sig |slope|``, by
    cubic interpolation and extrapolation. Where s does not lead downwards, s = -g. A
    step does as many iterations as ``max_evals`` allows, and starts anew with s = -g:
    nothing but w goes from one step to the next. It ends where a line search fails;
    then w and dC_dw are those of the last that did not.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    max_iter : int, default=20
        Evaluations in one line search, at most.
    max_evals : int, default=None
        Evaluations after which a step starts no other line search. None is
        ``1.25 * max_iter``; where that is not a whole number, a line search that needs
        its last evaluation goes on beyond it, as in Torch7.
    rho : float, default=0.01
        From 0 to 1.
    sig : float, default=0.5
        From 0 to 1.
    interp : float, default=0.1
        How near to the ends of an interval a trial may be, as a share of its length;
        Torch7's ``int``.
    extrap : float, default=3.0
        How much longer a trial may be than the last, above 1; Torch7's ``ext``.
    ratio : float, default=100.0
        How much steeper a line may be taken for than the last, in its first trial.

    Attributes
    ----------
    costs : list of float
        The cost of the w before the last step, and of the points that its line searches
        found.
    evaluations : int
        How often the last step called ``fun``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] C. E. Rasmussen, ``minimize.m``, 2006; Torch7, optim, ``cg.lua``: the same
           points for the same settings.

    Examples
    --------
    >>> w, dC_dw = np.array([4.0, 1.0]), np.zeros(2)
    >>> def fun():
    ...     dC_dw[...] = w * (1, 10)
    ...     return float((dC_dw * w).sum() / 2)
    >>> opt = CG((w, dC_dw))
    >>> opt.step(fun)
    13.0
    >>> bool(np.abs(w).max() < 0.01), opt.evaluations
    (True, 25)
    """

    def __init__(
        self,
        net_or_pair,
        max_iter=20,
        max_evals=None,
        rho=0.01,
        sig=0.5,
        interp=0.1,
        extrap=3.0,
        ratio=100.0,
    ):
        self.max_iter = check_count("CG", "max_iter", max_iter)
        self.max_evals = check_limit("CG", "max_evals", max_evals)
        self.rho = check_fraction("CG", "rho", rho)
        self.sig = check_fraction("CG", "sig", sig)
        self.interp = check_fraction("CG", "interp", interp)
        self.extrap = check_number("CG", "extrap", extrap)
        if extrap <= 1:
            raise ValueError(f"CG: extrap has value {extrap}, expected a number > 1")
        self.ratio = check_number("CG", "ratio", ratio)
        super().__init__(net_or_pair)
        self._direction, self._gradient = np.empty_like(self.w), np.empty_like(self.w)

    def _search(self, fun):
        g, s = self._gradient, self._direction
        limit = 1.25 * self.max_iter if self.max_evals is None else self.max_evals
        line = CubicLine(self, s)
        C = self._evaluate(fun)
        self.costs.append(C)
        np.copyto(g, self.dC_dw)
        np.negative(g, out=s)
        slope = -inner(s, s)
        z = 1 / (1 - slope)
        while self.evaluations < limit:
            np.copyto(self._origin, self.w)
            left = min(self.max_iter, limit - self.evaluations - 1)
            found = line.search(lambda: self._evaluate(fun), z, C, slope, left)
            if found is None:
                np.copyto(self.w, self._origin)
                np.copyto(self.dC_dw, g)
                return
            z, C = found
            self.costs.append(C)
            before = slope
            slope = self._turn()
            z *= min(self.ratio, before / (slope - 1e-320))

    def _turn(self):
        """Make s the next direction, and return the slope along it."""
        g, s, dC_dw = self._gradient, self._direction, self.dC_dw
        beta = (inner(dC_dw, dC_dw) - inner(dC_dw, g)) / inner(g, g)
        np.multiply(s, beta, out=s)
        np.subtract(s, dC_dw, out=s)
        np.copyto(g, dC_dw)
        slope = inner(g, s)
        if slope > 0:
            np.negative(g, out=s)
            slope = -inner(s, s)
        return slope
