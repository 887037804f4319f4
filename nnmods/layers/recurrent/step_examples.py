"""StepExamples: the gradients of single examples in one step of a recurrence."""

import math

import numpy as np

from nnmods.core.examples import Examples


class StepExamples:
    """The part of a `StepLayer` that tells the rows of a batch apart.

    With ``a`` the sums in a gate, and their gradients da of the states that the step
    was called with, row n adds::

        da[n] outer x[n],  da[n],  da[n] outer h'[n],  da[n] * cell[n]
    """

    def per_example_grads(self, x, dC_dy):
        dsums = self._swept(x, dC_dy)
        shape = x.shape[:1] if x.ndim > 1 else (1,)
        found = [np.zeros((*shape, *p.shape), dsums.dtype) for p in self._own()[0]]
        # The examples last: a part for each gate is then one along the first axis.
        views = self._by_gate([np.moveaxis(array, 0, -1) for array in found])
        rows = *shape, math.prod(x.shape[1:-1])

        def by_example(matrix):
            return matrix.reshape(*rows, matrix.shape[-1])

        for dsum, (x_met, _, h, cell), of in zip(
            dsums, self._met_by(x), views, strict=True
        ):
            dsum = by_example(dsum)
            for met, out in ((x_met, of[0]), (h, of[2])):
                if met is not None:
                    np.einsum("nbk,nbj->kjn", dsum, by_example(met), out=out)
            np.einsum("nbk->kn", dsum, out=of[1])
            if cell is not None and of[3] is not None:
                np.einsum("nbk,nbk->kn", dsum, by_example(cell), out=of[3])
        return found

    def per_example_sq_norms(self, x, dC_dy):
        if x.ndim > 2:  # several rows for each example
            return Examples.per_example_sq_norms(self, x, dC_dy)
        dsums, total = self._swept(x, dC_dy), 0
        parts = self._by_gate(self._own()[0])
        for dsum, (x_met, _, h, cell), part in zip(
            dsums, self._met_by(x), parts, strict=True
        ):
            met = 1 + _squared(x_met)
            if h is not None:
                met = met + _squared(h)
            total = total + met * _squared(dsum)
            if cell is not None and part[3] is not None:
                total = total + _squared(dsum * cell)
        return total


def _squared(rows):
    return np.einsum("nk,nk->n", rows, rows)
