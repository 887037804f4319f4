"""CubicLine: the line search of conjugate gradients."""

import math

import numpy as np

from nnmods.optim.vectors import add_scaled, inner


class CubicLine:
    """Find a step along a direction, by cubic interpolation and extrapolation.

    The conditions that it is to meet are those of `CG`.

    Parameters
    ----------
    settings : object
        Has the vectors ``w`` and ``dC_dw``, and ``rho``, ``sig``, ``interp``,
        ``extrap`` as `CG` has them.
    direction : ndarray, shape (n,)
        May change between two searches.

    References
    ----------
    .. [1] C. E. Rasmussen, ``minimize.m``, 2006; Torch7, optim, ``cg.lua``.
    """

    def __init__(self, settings, direction):
        self._set, self._direction = settings, direction

    def search(self, fun, z1, C, slope, left):
        """Move w; return the step and the cost there, or None where it failed.

        Parameters
        ----------
        fun : callable
            ``fun() -> C``, which fills ``dC_dw``.
        z1 : float
            The first trial.
        C, slope : float
            The cost at the start, and the slope there, which is below 0.
        left : float
            Evaluations after the first.
        """
        # ``f, d`` are the costs and slopes at z1 (2), and at the point ``-z3`` from it
        # that was before it, or is on the other side of the minimum (3)
        rho, sig, interp = self._set.rho, self._set.sig, self._set.interp

        def move(z):
            add_scaled(self._set.w, z, self._direction)
            return fun(), inner(self._set.dC_dw, self._direction)

        def fails():
            return f2 > C + z1 * rho * slope or d2 > -sig * slope

        f2, d2 = move(z1)
        f3, d3, z3 = C, slope, -z1
        farthest = None  # the least z1 known to be too far
        while True:
            while fails() and left > 0:
                farthest = z1
                z2 = _inside(f2 > C, f2, d2, f3, d3, z3)
                z2 = max(min(z2, interp * z3), (1 - interp) * z3)
                z1, z3, left = z1 + z2, z3 - z2, left - 1
                f2, d2 = move(z2)
            if fails():
                return None
            if d2 > sig * slope:
                return z1, f2
            # where ``left`` is no whole number it passes 0 by
            if left == 0 or (left < 0 and not math.isfinite(f2 + d2)):
                return None
            z2 = self._beyond(_outside(f2, d2, f3, d3, z3), z1, z3, farthest)
            f3, d3, z3 = f2, d2, -z2
            z1, left = z1 + z2, left - 1
            f2, d2 = move(z2)

    def _beyond(self, z2, z1, z3, farthest):
        """Return an extrapolated step, within its limits."""
        interp, longest = self._set.interp, z1 * (self._set.extrap - 1)
        if not 0 <= z2 < math.inf:
            return longest if farthest is None else (farthest - z1) / 2
        if farthest is None:
            if z2 + z1 > z1 * self._set.extrap:
                return longest
            return max(z2, -z3 * interp)
        if z2 + z1 > farthest:
            return (farthest - z1) / 2
        if z2 < -z3 * interp:
            return -z3 * interp
        return max(z2, (farthest - z1) * (1 - interp))


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
