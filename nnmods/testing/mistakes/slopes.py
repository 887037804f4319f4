"""Slopes: the numeric Jacobian, and the slopes on either side of each entry."""

import numpy as np

from nnmods.core.tables import copied
from nnmods.testing.compare import BEND, DIFFERENCES, KINK, ROUNDING, STEP, leaves
from nnmods.testing.mistakes.vectors import is_real, vector


class Slopes:
    """The Jacobian of y by x or by a parameter, measured by differences.

    ::

        J[i, j]         = (y_i(x + h e_j) - y_i(x - h e_j)) / 2h
        low[i, j], high = the lesser and the greater of the slopes on either side

    Parameters
    ----------
    bench : Bench
    p : ndarray, default=None
        A parameter of its module; None for x.
    x : ndarray or table, default=None
        The place, in place of the bench's own x.

    Attributes
    ----------
    J, low, high : ndarray, shape (size of y, size of x or p)
    kinks : ndarray of bool, shape (size of x or p,)
        Entries at which the two slopes differ, or one is not finite.
    """

    def __init__(self, bench, p=None, x=None):
        self._bench = bench
        self._x = copied(bench.x if x is None else x)
        self._y = vector(bench.forward(self._x))
        arrays = [a for a in leaves(self._x) if is_real(a)] if p is None else [p]
        self._places = [(a, j) for a in arrays for j in range(a.size)]
        columns = [self._column(a, j) for a, j in self._places]
        sides = np.zeros((0, 2, len(self._y))) if not columns else np.array(columns)
        behind, ahead = sides[:, 0].T, sides[:, 1].T
        bad = ~(np.isfinite(ahead) & np.isfinite(behind))
        self.low, self.high = np.minimum(ahead, behind), np.maximum(ahead, behind)
        self.low[bad], self.high[bad] = -np.inf, np.inf
        self.J = np.where(bad, 0, (ahead + behind) / 2)
        self.kinks = (bad | (self.high > self.low)).any(axis=0)

    def _column(self, array, j):
        """Return the slopes behind and ahead of one entry, equal where it is smooth."""
        behind, ahead = self._sides(array, j, STEP)
        gap = np.abs(ahead - behind)
        noise = ROUNDING / STEP * np.max(np.abs(self._y), initial=1.0)
        wide = gap > KINK * np.max(np.abs(ahead), initial=0.0) + noise
        if wide.any():
            near = self._sides(array, j, STEP / 4)
            wide &= np.abs(near[1] - near[0]) > BEND * gap
        mean, keep = (ahead + behind) / 2, wide | ~np.isfinite(gap)
        return np.where(keep, behind, mean), np.where(keep, ahead, mean)

    def _sides(self, array, j, step):
        index = np.unravel_index(j, array.shape)
        value = array[index]
        step = step * max(1.0, abs(value))
        try:
            array[index] = value + step
            ahead, up = vector(self._bench.forward(self._x)), array[index] - value
            array[index] = value - step
            behind, down = vector(self._bench.forward(self._x)), value - array[index]
        finally:
            array[index] = value
        return (self._y - behind) / down, (ahead - self._y) / up

    def refine(self, which):
        """Measure smooth entries anew, as where y bends much the step is too long.

        ::

            J = (16 J(h/4) - J(h)) / 15     (in which h^2 cancels)
        """
        for k in np.flatnonzero(which & ~self.kinks):
            near = sum(self._sides(*self._places[k], STEP / 4)) / 2
            column = (16 * near - self.J[:, k]) / 15
            self.J[:, k] = self.low[:, k] = self.high[:, k] = column

    def back(self, v):
        """Return J^T v."""
        return self.J.T @ v

    def bounds(self, v):
        """Return the least and the greatest that J^T v may be, with the slopes."""
        a, b = v[:, None] * self.low, v[:, None] * self.high
        a, b = np.nan_to_num(np.stack([a, b]), nan=0.0, posinf=np.inf, neginf=-np.inf)
        return np.minimum(a, b).sum(axis=0), np.maximum(a, b).sum(axis=0)

    def tolerance(self, v):
        """Return how far an entry of J^T v may be off."""
        sizes = np.abs(self.J).T @ np.abs(v)
        noise = ROUNDING / STEP * float(np.abs(v * self._y).sum())
        return DIFFERENCES * np.max(sizes, initial=0.0) + noise + 1e-300
