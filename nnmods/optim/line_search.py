"""Line search: how far to go in a direction, by the Wolfe conditions."""

import math

import numpy as np

from nnmods.optim.polynomials import polyinterp
from nnmods.optim.vectors import inner


def lswolfe(
    fun,
    w,
    dC_dw,
    d,
    t,
    C,
    slope,
    c1=1e-4,
    c2=0.9,
    tol_x=1e-9,
    max_iter=20,
    scratch=None,
):
    """Go from ``w`` along ``d`` to a point that meets the strong Wolfe conditions.

    ::

        C(w + t d) <= C(w) + c1 t slope            it is lower by enough
        |slope at w + t d| <= c2 |slope|           and flatter by enough

    The trial ``t`` is made longer until an interval is known to hold such a point, and
    the interval is then narrowed, both by cubic interpolation. A cost that is nan
    counts as too high. Where the search ends without such a point, it takes the lower
    end of its interval, which may be w itself, ``t = 0``.

    Parameters
    ----------
    fun : callable
        ``fun() -> C``, which fills ``dC_dw`` with the gradient at the present ``w``.
    w, dC_dw : ndarray, shape (n,)
        The start and its gradient; at the end, the point found and its gradient.
    d : ndarray, shape (n,)
        The direction, only read.
    t : float
        The first trial, above 0.
    C, slope : float
        The cost at the start, and its derivative there by t, which is below 0.
    c1, c2 : float, default=1e-4, 0.9
    tol_x : float, default=1e-9
        The search ends where the interval's length times the slope is below this.
    max_iter : int, default=20
        Trials after the first.
    scratch : ndarray, shape (4, n), default=None
        For a copy of the start and three gradients; None makes one. ``scratch[0]`` is
        the start.

    Returns
    -------
    C : float
        The cost of the point found.
    t : float

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, "Numerical optimization", 2nd edition, 2006,
           algorithms 3.5 and 3.6; Torch7, optim, ``lswolfe.lua``: the same points.

    Examples
    --------
    >>> w, dC_dw = np.array([0.0]), np.array([-6.0])
    >>> def fun():
    ...     dC_dw[...] = 2 * (w - 3)
    ...     return float((w[0] - 3) ** 2)
    >>> C, t = lswolfe(fun, w, dC_dw, d=-dC_dw, t=1e-3, C=9.0, slope=-36.0)
    >>> w, C < 9
    (array([0.6]), True)
    """
    scratch = np.empty((4, w.size), w.dtype) if scratch is None else scratch
    start, rows = scratch[0], scratch[1:]
    np.copyto(start, w)
    np.copyto(rows[0], dC_dw)

    def move(t):
        np.add(start, np.multiply(d, t, out=w), out=w)

    def trial(t):
        move(t)
        value = float(fun())
        return value, inner(dC_dw, d)

    def keep(row, t, value, its_slope):
        np.copyto(rows[row], dC_dw)
        return t, value, its_slope, row

    def too_high(value):
        return not value <= C + c1 * t * slope  # nan is

    first = last = (0.0, C, slope, 0)
    value, its_slope = trial(t)
    trials = 0
    while trials < max_iter:
        rises = too_high(value) or (trials > 1 and value >= last[1])
        if not rises and abs(its_slope) <= -c2 * slope:
            return value, t
        if rises or its_slope >= 0:
            break
        ends = [last[:3], (t, value, its_slope)]
        ahead = polyinterp(ends, t + 0.01 * (t - last[0]), t * 10)
        last = keep(1, t, value, its_slope)
        t = ahead
        value, its_slope = trial(t)
        trials += 1
    else:
        last = first
    bracket, slow = [last, keep(2, t, value, its_slope)], False
    while trials < max_iter:
        low = _lower(bracket)
        high = 1 - low
        t, slow = _within(bracket, slow)
        value, its_slope = trial(t)
        trials += 1
        if too_high(value) or value >= bracket[low][1]:
            bracket[high] = keep(bracket[high][3], t, value, its_slope)
        elif abs(its_slope) <= -c2 * slope:
            return value, t
        else:
            row = bracket[low][3]
            if its_slope * (bracket[high][0] - bracket[low][0]) >= 0:
                row, bracket[high] = bracket[high][3], bracket[low]
            bracket[low] = keep(row, t, value, its_slope)
        if abs((bracket[0][0] - bracket[1][0]) * its_slope) < tol_x:
            break
    t, value, _, row = bracket[_lower(bracket)]
    move(t)
    np.copyto(dC_dw, rows[row])
    return value, t


def _lower(bracket):
    """Return which end of the interval has the lower cost."""
    left, right = bracket[0][1], bracket[1][1]
    return int(right < left or math.isnan(left))


def _within(bracket, slow):
    """Return a trial in the interval, away from its ends, and whether it is slow.

    It is where it is close to an end; after two such trials in a row, or one beyond an
    end, the next is a tenth of the interval away from it.
    """
    t = polyinterp([end[:3] for end in bracket])
    left, right = sorted((bracket[0][0], bracket[1][0]))
    width = right - left
    if not width or not min(right - t, t - left) / width < 0.1:
        return t, False
    if not (slow or t >= right or t <= left):
        return t, True
    near_right = abs(t - right) < abs(t - left)
    return (right - 0.1 * width if near_right else left + 0.1 * width), False
