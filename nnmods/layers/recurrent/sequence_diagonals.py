"""SequenceDiagonals: the diagonals of second derivatives of whole sequences."""

import numpy as np

from nnmods.core import check, rows
from nnmods.core.dtypes import promote
from nnmods.core.leaves import leaves
from nnmods.core.tables import map_table


class SequenceDiagonals:
    """The part of a `SequenceLayer` for sums over squared entries of its Jacobian.

    Sequences of a batch do not depend on each other. So one sweep back takes the rows
    of the Jacobian that belong to an entry of y, in all sequences at once, and one
    `hvp` an entry of x.
    """

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check_last(x)
        check(self, "d2C_dy2", d2C_dy2, self.y.shape)
        weight = self.weight[: self.in_features].T
        (T, N, _), dtype = self._h.shape, promote(self, (d2C_dy2, self._h))
        total = np.zeros((T, N, self.in_features), dtype)
        starts = {s: np.zeros((N, self._size_of(s)), dtype) for s in self.STATES}
        for h, back, dstart in self._unit_sweeps(d2C_dy2):
            total += h * np.square(back[0] @ weight)
            for name, grad in dstart.items():
                starts[name] += h * np.square(grad)
        self._d2C_dx2 = self._like_x(total, starts)
        if dC_dy is not None:
            self._add_own_inputs(x, dC_dy)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        self._check_last(x)
        check(self, "d2C_dy2", d2C_dy2, self.y.shape)
        if dC_dy is not None:
            rows.add_own_params(self, x, dC_dy, scale)
        met, grads = self._met(self._taken("x", x)[0]), self._own()[1]
        for h, back, _ in self._unit_sweeps(d2C_dy2):
            for grad, found in zip(grads, self._by_example(met, back), strict=True):
                np.square(found, out=found)
                grad += scale * np.tensordot(h[:, 0], found, axes=(0, 0))

    def _unit_sweeps(self, d2C_dy2):
        """Yield its weights (N, 1) and the sweep back of each entry of a sequence."""
        d2C_dy2 = self._inward(d2C_dy2)
        if self._masked is not None:
            d2C_dy2 = np.where(self._masked, 0, d2C_dy2)
        unit = np.zeros(self._h.shape, self._h.dtype)
        for t in range(unit.shape[0]):
            for k in range(unit.shape[2]):
                unit[t, :, k] = 1
                yield d2C_dy2[t, :, k, None], *self._swept_inside(unit)
                unit[t, :, k] = 0

    def _add_own_inputs(self, x, dC_dy):
        """Add the diagonal of the Hessian of <dC_dy, y> by x."""
        dx = map_table(lambda a: np.zeros(a.shape, a.dtype), x)
        totals = [*leaves(self._d2C_dx2)]
        for place, array in enumerate(leaves(dx)):
            # The axis of sequences, if there is one: entries along it go together.
            axis = self._sequences_axis(array, place == len(totals) - 1)
            view = array if axis is None else np.moveaxis(array, axis, -1)
            total = totals[place]
            total = total if axis is None else np.moveaxis(total, axis, -1)
            with rows.unchanged(self._own()[1]):
                for j in np.ndindex(view.shape if axis is None else view.shape[:-1]):
                    view[j] = 1
                    column = [*leaves(self.hvp(x, dC_dy, dx))][place]
                    column = column if axis is None else np.moveaxis(column, axis, -1)
                    total[j] += column[j]
                    view[j] = 0

    def _sequences_axis(self, array, is_seq):
        """Return along which axis an array of x counts sequences, None for a single."""
        if is_seq:
            return self.example_axis if array.ndim == 3 else None
        return 0 if array.ndim == 2 else None
