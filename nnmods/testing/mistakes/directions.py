"""The quick check of a derivative, along random directions."""

import numpy as np

from nnmods.core.tables import map_table
from nnmods.testing.compare import DIFFERENCES, KINK, ROUNDING, STEP, dot, leaves
from nnmods.testing.mistakes.vectors import is_real


def is_suspicious(bench, i, result):
    """Tell whether a derivative is off, or at a kink, along random directions.

    Parameters
    ----------
    bench : Bench
    i : int or None
        Which parameter; None for dC_dx.
    result : ndarray or table
        What the module says it is.
    """
    like = bench.x if i is None else bench.twins[i][3]
    noise = ROUNDING / STEP
    shared = noise * dot(bench.dC_dy, bench.y)[1]
    for _ in range(2):
        along = bench.direction(like)
        ahead, behind = (_moved(bench, i, along, h) for h in (STEP, -STEP))
        slope = map_table(lambda a, b: _less(a, b) / (2 * STEP), ahead, behind)
        gap = map_table(
            lambda a, b, y: (_less(a, y) + _less(b, y)) / STEP, ahead, behind, bench.y
        )
        wanted, size = dot(bench.dC_dy, slope)
        got, terms = dot(*_real(result, along, like))
        if not abs(got - wanted) <= DIFFERENCES * max(size, terms) + shared + 1e-300:
            return True
        limit = KINK * max(_largest(slope), 1.0) + noise * max(_largest(bench.y), 1.0)
        if not _largest(gap) <= limit:
            return True
    return False


def _moved(bench, i, along, h):
    """Return y for x, or a parameter, that went a step along a direction."""
    if i is None:
        ahead = map_table(lambda a, u: a + h * u if is_real(a) else a, bench.x, along)
        return bench.forward(ahead)
    p = bench.twins[i][3]
    before = p.copy()
    p += h * along
    try:
        return bench.forward()
    finally:
        p[...] = before


def _less(a, b):
    return np.subtract(a, b, dtype=np.float64)  # of truth values and whole numbers too


def _real(result, along, like):
    trios = zip(leaves(result), leaves(along), leaves(like), strict=True)
    pairs = [(a, u) for a, u, x in trios if is_real(x)]
    return [a for a, _ in pairs], [u for _, u in pairs]


def _largest(table):
    return max((np.max(np.abs(a), initial=0.0) for a in leaves(table)), default=0.0)
