"""Outputs: y as a function of the flat parameters, and its Jacobian by them."""

from functools import cached_property

import numpy as np

from nnmods.analysis.jacobians import jacobian
from nnmods.analysis.linearised import Linearised
from nnmods.analysis.single_rows import places, single_rows, suits
from nnmods.analysis.values import as_double, real_entries
from nnmods.core.examples import cut
from nnmods.core.tables import map_table

#: Entries of single gradients in one sweep: more do not stay in a processor's cache.
MOST = 1 << 18


class Outputs:
    """A float64 copy of a network at one x, as a function of its flat parameters.

    ::

        y_i(w),    J[i, j] = dy_i / dw_j

    J is written in one of two ways, whichever takes fewer sweeps: a `backward` and the
    gradients of single examples for each entry of one example's y, or the rows or
    columns of `jacobian`. The former needs examples that do not depend on each other,
    which is tried out once.

    Attributes
    ----------
    y : ndarray or table
        At the parameters that the network had.
    w : ndarray, shape (P,)
        These, in float64.
    shape : (int, int)
        M, the number of real entries of y, and P.

    Raises
    ------
    ValueError
        If ``net`` has no parameters, or has a surrogate in it.
    """

    def __init__(self, owner, net, x):
        net = net.clone().double()
        net.flatten_parameters()  # its copies are flat, too
        x = map_table(as_double, map_table(np.asarray, x))
        self._at = at = Linearised(owner, net, x)
        if at.weights == 0:
            raise ValueError(
                f"{owner}: net has 0 parameters, expected at least one, in {net!r}"
            )
        self._net, self._x, self.y = at.net, at.x, at.y
        self._w, _ = at.net.flatten_parameters()
        self.w, self.shape = self._w.copy(), (at.outputs, at.weights)

    @property
    def parameters(self):
        """A list of (path, p, grad_p)."""
        return self._at.parameters

    def __call__(self, w):
        """Return the real entries of y, in order."""
        return real_entries(self.net_at(w).forward(self._x), self.y, np.float64)

    def named(self, path):
        """Return which parameters a path names, as `Linearised` does."""
        return self._at.named(path)

    def net_at(self, w):
        """Return the copy of the network, with the parameters w."""
        self._w[...] = w
        return self._net

    def dense(self, w):
        """Return J, (M, P)."""
        J = np.empty(self.shape)
        for rows, block in self.blocks(w):
            J[rows] = block
        return J

    def operator(self, w):
        """Return J as a linear operator."""
        return jacobian(self.net_at(w), self._x, "params")

    def blocks(self, w):
        """Yield (rows, what J has in these), all rows in turn."""
        if self._parts is None:
            yield slice(None), self.operator(w).dense()
            return
        self._w[...] = w
        for x, own in self._parts:
            found = single_rows(self._net, x, self._net.forward(x), np.float64)
            for rows, (_, block) in zip(own.T, found, strict=True):
                yield rows, block

    @cached_property
    def _parts(self):
        """Parts of x with the rows of J that are theirs, (n, K); or None."""
        at, (M, P) = self._at, self.shape
        if not suits(at, min(M, P) if at.has_jvp else M):
            return None
        axis = at.net.example_axis
        rows = places(self.y, axis)
        step = max(MOST // P, 1)
        if step >= len(rows):
            return [(at.x, rows)]
        parts = [slice(start, start + step) for start in range(0, len(rows), step)]
        return [(cut(at.x, some, axis), rows[some]) for some in parts]
