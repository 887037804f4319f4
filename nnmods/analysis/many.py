"""Many: several tangents or gradients at one x in a single sweep, side by side."""

import numpy as np

from nnmods.analysis.values import agree
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import is_table

#: Entries of x, and of y, of one sweep at most: beyond, larger batches gain nothing.
MOST = 1 << 18


class Many:
    """A network at k copies of x, stacked along the batch axis.

    That is right where examples do not depend on each other, which nobody declares. So
    each copy must give the same y (it does not where the first axis counts steps), and
    the same result for one drawn tangent or gradient (it does not with dropout, of
    which y tells nothing at x = 0). In each sweep the first and the last one are
    compared with those of sweeps of their own (they differ with batch statistics).
    Where they differ, nothing is returned, now and later.
    """

    def __init__(self, at):
        self.at = at
        self.fits = _is_batch(at.x) and _is_batch(at.y)
        self.fits = self.fits and len(at.x) == len(at.y) and at.x.dtype.kind == "f"
        self._nets = {}

    def tangents(self, rows):
        """Return J v for each row v, as rows; None where it is not right."""
        return self._swept(rows, self.at.x, self.at.tangent, self._jvp)

    def gradients(self, rows):
        """Return J^T u for each row u, as rows; None where it is not right."""
        return self._swept(rows, self.at.y, self._gradient, self._backward)

    def _gradient(self, u):
        return self.at.gradient(u)[0]

    def _jvp(self, net, x, dx):
        return net.jvp(x, dx)

    def _backward(self, net, x, dC_dy):
        return net.backward(x, dC_dy)

    def _swept(self, rows, shaped, alone, together):
        if not self.fits or len(rows) == 0:
            return None
        step = max(MOST // max(self.at.x.size, self.at.y.size, 1), 1)
        if step == 1:
            return None
        found = []
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            try:
                found.append(self._checked(part, shaped, alone, together))
            except Exception:  # whatever it does with another batch size
                self.fits = False
                return None
        return np.concatenate(found)

    def _checked(self, part, shaped, alone, together):
        """Return the results of one sweep; raise where they are not right."""
        k = len(part)
        if k not in self._nets:
            self._nets = {k: self._net(k)}  # one at a time: as large as k networks
            drawn = np.random.default_rng(0).standard_normal(part.shape[1])
            result = self._sweep(np.tile(drawn, (k, 1)), shaped, together)
            _require(agree(result, np.tile(alone(drawn), (k, 1))))
        result = self._sweep(part, shaped, together)
        _require(all(agree(result[i], alone(part[i])) for i in {0, k - 1}))
        return result

    def _sweep(self, part, shaped, together):
        k = len(part)
        stacked = part.astype(self.at.dtype).reshape(k * len(shaped), *shaped.shape[1:])
        return together(*self._nets[k], stacked).reshape(k, -1).astype(self.at.dtype)

    def _net(self, k):
        """Return a network that has seen k copies of x, and these."""
        net = self.at.net.clone()
        x = np.concatenate([self.at.x] * k)
        with unmoved_rng():
            y = net.forward(x)
        _require(agree(y, np.concatenate([self.at.y] * k)))
        return net, x


def _require(same):
    if not same:
        raise ValueError("a copy of x has another result than x alone")


def _is_batch(x):
    return not is_table(x) and x.ndim > 0
