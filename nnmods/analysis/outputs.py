"""Outputs: y as a function of the flat parameters, and its Jacobian by them."""

from functools import cached_property

import numpy as np

from nnmods.analysis.jacobians import jacobian
from nnmods.analysis.linearised import Linearised
from nnmods.analysis.singles import Singles
from nnmods.analysis.values import arrays_of, entries_of, like
from nnmods.core import Module
from nnmods.core.examples import Examples, count
from nnmods.core.parameters import own_parameters
from nnmods.core.tables import map_table

#: Entries of single gradients in one sweep: more do not stay in a processor's cache.
MOST = 1 << 18
#: Examples that tell whether they depend on each other.
TRIED = 8


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
        M, the number of entries of y, and P.

    Raises
    ------
    ValueError
        If ``net`` has no parameters, or has a surrogate in it.
    """

    def __init__(self, owner, net, x):
        net = net.clone().double()
        net.flatten_parameters()  # its copies are flat, too
        self._at = at = Linearised(owner, net, map_table(as_double, x))
        if at.weights == 0:
            raise ValueError(
                f"{owner}: net has 0 parameters, expected at least one, in {net!r}"
            )
        self._net, self._x, self.y = at.net, at.x, at.y
        self._w, _ = at.net.flatten_parameters()
        self.w, self.shape = self._w.copy(), (at.outputs, at.weights)
        self._owner, self._modules = owner, at.net.list_modules()

    @property
    def parameters(self):
        """A list of (path, p, grad_p)."""
        return self._at.parameters

    def __call__(self, w):
        """Return the entries of y, in order."""
        return entries_of(self.net_at(w).forward(self._x), np.float64)

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
        for x, places in self._parts:
            y = self._net.forward(x)
            own = _places(y, self._net.example_axis)
            for rows, entries in zip(places.T, own.T, strict=True):
                unit = np.zeros(own.size)
                unit[entries] = 1
                dC_dy = like(y, unit, np.float64)
                self._net.backward(x, dC_dy)
                grads = self._net.per_example_grads(x, dC_dy)
                flat = [g.reshape(len(rows), -1) for g in grads]
                yield rows, np.concatenate(flat, axis=1)

    @cached_property
    def _parts(self):
        """Parts of x with the rows of J that are theirs, (n, K); or None."""
        (M, P), axis, modules = self.shape, self._net.example_axis, self._modules
        if not self._are_alone():
            return None
        places = _places(self.y, axis)
        N, K = places.shape
        looped = any(
            type(module).per_example_grads is Examples.per_example_grads
            for module in modules
            if list(own_parameters(module))
        )
        has_jvp = all(type(module).jvp is not Module.jvp for module in modules)
        if (K * N if looped else K) > (min(M, P) if has_jvp else M):
            return None
        step = max(MOST // P, 1)
        if step >= N:
            return [(self._x, places)]
        cuts = [slice(start, start + step) for start in range(0, N, step)]
        return [(_cut(self._x, cut, axis), places[cut]) for cut in cuts]

    def _are_alone(self):
        """Tell whether what the network makes of an example does not hang on others."""
        axis = self._net.example_axis
        try:
            if count(self._x, axis) != count(self.y, axis):
                return False
            few = _cut(self._x, slice(TRIED), axis)
            return Singles(Linearised(self._owner, self._net, few)).fits
        except Exception:  # whatever it does with another batch size
            return False


def as_double(array):
    """Return an array of real numbers in float64, and one of indices as it is."""
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _places(y, axis):
    """Return which entries of y, in order, are those of each example, (N, K)."""
    found, start = [], 0
    for array in arrays_of(y):
        own = np.arange(start, start + array.size).reshape(array.shape)
        found.append(np.moveaxis(own, axis, 0).reshape(array.shape[axis], -1))
        start += array.size
    return np.concatenate(found, axis=1)


def _cut(x, some, axis):
    return map_table(lambda a: a[(slice(None),) * axis + (some,)], x)
