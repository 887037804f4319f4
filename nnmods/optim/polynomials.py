"""Polynomials through known costs and slopes: where a line search looks next."""

import math

import numpy as np

#: Coefficients up to this are taken for 0.
TINY = 1e-12


def polyinterp(points, low=None, high=None):
    """Return where the polynomial through some points and slopes is least.

    Of two points without bounds it is the minimiser of the cubic [1]_, with
    (a, C_a, s_a) the left one and (b, C_b, s_b) the right one::

        p   = s_a + s_b - 3 (C_a - C_b) / (a - b)
        q   = sqrt(p^2 - s_a s_b)
        t   = b - (b - a) (s_b + q - p) / (s_b - s_a + 2 q),   within [a, b]

    and the middle of both where q is not real. In general it is the least of the
    polynomial's values at the bounds, at the points and where its derivative is 0, of
    those within the bounds; the middle of these where there is none.

    Parameters
    ----------
    points : list of tuple
        Triples ``(t, C, slope)``, at least one.
    low, high : float, default=None
        The bounds. None are the least and the largest t of the points.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are no points, or one is no triple.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, "Numerical optimization", 2nd edition, 2006,
           eq. (3.59); Torch7, optim, ``polyinterp.lua``, after M. Schmidt's minFunc.

    Examples
    --------
    >>> polyinterp([(0.0, 1.0, -2.0), (4.0, 9.0, 6.0)])  # (t - 1)^2
    1.0
    >>> round(polyinterp([(0.0, 9.0, -6.0), (1.0, 4.0, -4.0)], 1.0, 10.0), 9)
    3.0
    """
    points = np.asarray(points, np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise ValueError(
            f"polyinterp: points has shape {points.shape}, expected (n, 3), the t, C "
            "and slope of each"
        )
    if len(points) == 2 and low is None and high is None:
        return float(_cubic(*points[np.argsort(points[:, 0], kind="stable")]))
    low = float(points[:, 0].min() if low is None else low)
    high = float(points[:, 0].max() if high is None else high)
    return _least(points, low, high)


@np.errstate(all="ignore")
def _cubic(left, right):
    (a, C_a, s_a), (b, C_b, s_b) = left, right
    p = s_a + s_b - 3 * (C_a - C_b) / (a - b)
    q = np.sqrt(p * p - s_a * s_b)
    t = b - (b - a) * ((s_b + q - p) / (s_b - s_a + 2 * q))
    return (a + b) / 2 if np.isnan(t) else min(max(t, a), b)


@np.errstate(all="ignore")
def _least(points, low, high):
    t, C, slope = points.T
    powers = np.arange(2 * len(t))[::-1]  # of the coefficients, the highest first
    values = t[:, None] ** powers
    slopes = powers * t[:, None] ** np.maximum(powers - 1, 0)
    matrix, known = np.concatenate([values, slopes]), np.concatenate([C, slope])
    best, least = (low + high) / 2, math.inf
    if not (np.isfinite(matrix).all() and np.isfinite(known).all()):
        return best
    coefficients = np.linalg.lstsq(matrix, known, rcond=-1)[0]
    coefficients[np.abs(coefficients) <= TINY] = 0
    derivative = (coefficients * powers)[:-1]
    derivative[np.abs(derivative) < TINY] = 0
    for place in (low, high, *t, *np.roots(derivative)):
        if np.imag(place) == 0 and low <= np.real(place) <= high:
            place = float(np.real(place))
            value = float((coefficients * place**powers).sum())
            if value < least:
                best, least = place, value
    return best
