"""CG: conjugate gradients, with a line search at each iteration."""

import math

import numpy as np

from nnmods.optim.checks import check_count, check_fraction, check_number
from nnmods.optim.searching import Searching, check_limit
from nnmods.optim.vectors import add_scaled, inner


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
        C = self._evaluate(fun)
        self.costs.append(C)
        np.copyto(g, self.dC_dw)
        np.negative(g, out=s)
        slope = -inner(s, s)
        z = 1 / (1 - slope)
        while self.evaluations < limit:
            np.copyto(self._origin, self.w)
            found = self._line(fun, z, C, slope, limit)
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

    def _line(self, fun, z1, C, slope, limit):
        """Return z and the cost of a point that meets both conditions, or None.

        ``f, d`` are the costs and slopes at z1 (2), and at the point ``-z3`` from it on
        the other side of the minimum, or before it (3).
        """

        def move(z):
            add_scaled(self.w, z, self._direction)
            return self._evaluate(fun), inner(self.dC_dw, self._direction)

        def fails():
            return f2 > C + z1 * self.rho * slope or d2 > -self.sig * slope

        left = min(self.max_iter, limit - self.evaluations - 1)
        f2, d2 = move(z1)
        f3, d3, z3 = C, slope, -z1
        farthest = None  # the least z1 known to be too far
        while True:
            while fails() and left > 0:
                farthest = z1
                z2 = _inside(f2 > C, f2, d2, f3, d3, z3)
                z2 = max(min(z2, self.interp * z3), (1 - self.interp) * z3)
                z1, z3, left = z1 + z2, z3 - z2, left - 1
                f2, d2 = move(z2)
            if fails():
                return None
            if d2 > self.sig * slope:
                return z1, f2
            # with limits that are no whole numbers ``left`` passes by 0
            if left == 0 or (left < 0 and not math.isfinite(f2 + d2)):
                return None
            z2 = self._beyond(_outside(f2, d2, f3, d3, z3), z1, z3, farthest)
            f3, d3, z3 = f2, d2, -z2
            z1, left = z1 + z2, left - 1
            f2, d2 = move(z2)

    def _beyond(self, z2, z1, z3, farthest):
        """Return an extrapolated step, within its limits."""
        longest = z1 * (self.extrap - 1)
        if not 0 <= z2 < math.inf:
            return longest if farthest is None else (farthest - z1) / 2
        if farthest is None:
            if z2 + z1 > z1 * self.extrap:
                return longest
            return max(z2, -z3 * self.interp)
        if z2 + z1 > farthest:
            return (farthest - z1) / 2
        if z2 < -z3 * self.interp:
            return -z3 * self.interp
        return max(z2, (farthest - z1) * (1 - self.interp))


@np.errstate(all="ignore")
def _inside(higher, f2, d2, f3, d3, z3):
    """Return the step to the minimum of the parabola, or of the cubic if lower."""
    f2, d2, f3, d3, z3 = map(np.float64, (f2, d2, f3, d3, z3))
    if higher:
        z2 = z3 - (0.5 * d3 * z3 * z3) / (d3 * z3 + f2 - f3)
    else:
        A = 6 * (f2 - f3) / z3 + 3 * (d2 + d3)
        B = 3 * (f3 - f2) - z3 * (d3 + 2 * d2)
        z2 = (np.sqrt(B * B - A * d2 * z3 * z3) - B) / A
    return float(z2) if np.isfinite(z2) else float(z3 / 2)


@np.errstate(all="ignore")
def _outside(f2, d2, f3, d3, z3):
    """Return the step to the minimum of the cubic beyond point 2; nan has none."""
    f2, d2, f3, d3, z3 = map(np.float64, (f2, d2, f3, d3, z3))
    A = 6 * (f2 - f3) / z3 + 3 * (d2 + d3)
    B = 3 * (f3 - f2) - z3 * (d3 + 2 * d2)
    return float(-d2 * z3 * z3 / (B + np.sqrt(B * B - A * d2 * z3 * z3)))
