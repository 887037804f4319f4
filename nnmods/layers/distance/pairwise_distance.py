"""PairwiseDistance: p-norms of the differences of rows."""

import math

import numpy as np

from nnmods.core import get_rng
from nnmods.layers.distance.row_pairs import RowPairs


class PairwiseDistance(RowPairs):
    """Distance of each pair of rows, in the p-norm.

    ::

        d           = x[0][n] - x[1][n]
        y[n]        = (sum |d|**p)**(1/p)
        dC_dx[0][n] = dC_dy[n] * sign(d) |d|**(p - 1) / (y[n] + 1e-6)**(p - 1)
        dC_dx[1][n] = -dC_dx[0][n]

    Along a direction in which d changes by d' and y by y', the slope s = dC_dx / dC_dy
    changes by::

        s' = (p - 1) (|d|**(p - 2) d' / (y + 1e-6)**(p - 1) - s y' / (y + 1e-6))

    Where d is 0 the gradient is 0. With p = 1 it is 1 or -1 there, drawn anew by each
    call as in Torch7.

    Parameters
    ----------
    p : float, default=2
    rng : int, numpy.random.Generator or None, default=None
        Draws the signs; None means nnmods' own generator, see `nnmods.manual_seed`.

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries of one shape, (N, length) or (length,); if
        ``dC_dy`` is not (N,), or (1,) for two vectors; if ``p`` is not positive.

    References
    ----------
    .. [1] Torch7, ``nn/PairwiseDistance.lua``. There the gradient is wrong for
           1 < p < 2.

    Examples
    --------
    >>> PairwiseDistance()([np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]])])
    array([5.])
    """

    def __init__(self, p=None, *, rng=None):
        super().__init__()
        self.p = 2 if p is None else p
        if not 0 < self.p < math.inf:
            raise ValueError(f"PairwiseDistance: p is {p}, expected a positive number")
        self._rng = None if rng is None else get_rng(rng)

    def measure(self, a, b, out):
        sizes = self.work("sizes", a.shape, out.dtype)
        np.subtract(a, b, out=sizes, dtype=sizes.dtype)  # uint8 would wrap
        np.absolute(sizes, out=sizes)
        np.add.reduce(np.power(sizes, self.p, out=sizes), axis=1, out=out)
        np.power(out, 1 / self.p, out=out)

    def slopes(self, a, b, y, da, db):
        np.subtract(a, b, out=da, dtype=da.dtype)
        if self.p == 1:
            zeros = self._zeros(da)
            np.sign(da, out=da)
            if n := int(zeros.sum()):
                da[zeros] = 2 * get_rng(self._rng).integers(0, 2, n) - 1
        elif self.p == 2:
            np.divide(da, np.add(y, 1e-6, out=y)[:, None], out=da)
        else:
            sizes = self.work("sizes", a.shape, y.dtype)
            np.absolute(da, out=sizes)
            np.divide(sizes, np.add(y, 1e-6, out=y)[:, None], out=sizes)
            np.copyto(sizes, 1, where=self._zeros(sizes))  # their sign is 0
            np.power(sizes, self.p - 1, out=sizes)
            np.multiply(np.sign(da, out=da), sizes, out=da)
        np.negative(da, out=db)

    def turn(self, a, b, y, da, db):
        d, dd = np.subtract(a, b, dtype=y.dtype), da - db
        if self.p == 1:  # in steps
            none = np.zeros(d.shape, y.dtype)
            return none, none
        size, far = np.abs(d), (y + 1e-6)[:, None]
        powers = np.ones_like(size)  # |d|^(p - 2), and 0 at the kink of p below 2
        if self.p != 2:
            zeros = size == 0
            np.power(size, self.p - 2, out=powers, where=~zeros)
            powers[zeros] = 0
        slope = powers * d / far ** (self.p - 1)
        length = np.where(y == 0, 1, y)[:, None]  # y' is 0 there, as are the slopes
        dy = (powers * d * dd).sum(axis=1, keepdims=True) / length ** (self.p - 1)
        turned = (self.p - 1) * (powers * dd / far ** (self.p - 1) - slope * dy / far)
        return turned, -turned

    def _zeros(self, d):
        return np.equal(d, 0, out=self.work("zeros", d.shape, np.bool_))

    def __repr__(self):
        return f"PairwiseDistance({'' if self.p == 2 else self.p})"
