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
    each copy must give the same y (it does not with dropout, or where the first axis
    counts steps), and in each sweep the first and the last tangent or gradient are
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
            k = len(part)
            try:
                net, x = self._net(k)
                stacked = part.astype(self.at.dtype).reshape(
                    k * len(shaped), *shaped.shape[1:]
                )
                result = together(net, x, stacked).reshape(k, -1).astype(self.at.dtype)
            except Exception:  # whatever it does with another batch size
                self.fits = False
                return None
            ends = {0, k - 1}
            if not all(agree(result[i], alone(part[i])) for i in ends):
                self.fits = False
                return None
            found.append(result)
        return np.concatenate(found)

    def _net(self, k):
        if k not in self._nets:
            net = self.at.net.clone()
            x = np.concatenate([self.at.x] * k)
            with unmoved_rng():
                y = net.forward(x)
            if not agree(y, np.concatenate([self.at.y] * k)):
                raise ValueError("copies of x give another y than x")
            self._nets = {k: (net, x)}  # one at a time: they are as large as k networks
        return self._nets[k]


def _is_batch(x):
    return not is_table(x) and x.ndim > 0
