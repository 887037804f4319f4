"""StepDiagonals: the diagonals of second derivatives of one step of a recurrence."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.layers.recurrent.dual import Dual


class StepDiagonals:
    """The part of a `StepLayer` for sums over squared entries of its Jacobian.

    The step is a function of x and of the states before, and its results are all its
    states. Second derivatives by these come from y and from the step after; those by
    the states before go on to the step before, as ``curvature`` of a `Carry`.
    """

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        _, d2x, d2before = self._diagonals(x, d2C_dy2, dC_dy)
        self.before.curvature = d2before
        self._d2C_dx2 = reuse(self._d2C_dx2, x.shape, d2x, d2C_dy2)
        self._d2C_dx2[...] = d2x.reshape(x.shape)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        d2sums, _, _ = self._diagonals(x, d2C_dy2, dC_dy)
        squares = [
            [v if v is None or v is True else np.square(v) for v in met]
            for met in self._met_by(x)
        ]  # a sum is linear in each parameter
        self._accumulate(d2sums, squares, scale)

    def _diagonals(self, x, d2C_dy2, dC_dy):
        """Return second derivatives by the sums, by x in rows, and the states before.

        Rows do not depend on each other: one sweep back takes an entry of all of them.
        """
        self._check_last(x)
        check(self, "d2C_dy2", d2C_dy2, self.y.shape)
        curvatures = self._arriving("curvature", d2C_dy2, self.after.curvature)
        parts = self._with_directions(None)
        still = [None] * len(parts)
        N, H = curvatures[0].shape
        d2sums = np.zeros((len(parts), N, H), curvatures[0].dtype)
        d2x = np.zeros((N, self.in_features), d2sums.dtype)
        d2before = [np.zeros_like(total) for total in curvatures]
        for k, curvature in enumerate(curvatures):
            for j in range(H):
                units = [np.zeros_like(total) for total in curvatures]
                units[k][:, j] = 1
                self._mask(units)
                dafter = [*map(Dual, units)]
                dsums, grads = self._back_along(dafter, None, still, None, parts)
                back = self._to_rows(dsums, None)
                weight = curvature[:, j, None]
                for total, dual in zip(
                    (*d2sums, d2x, *d2before), (*dsums, back, *grads), strict=True
                ):
                    total += weight * np.square(dual.value)
        if dC_dy is not None:
            self._add_own(x, dC_dy, d2sums, d2x, d2before)
        return d2sums, d2x, d2before

    def _add_own(self, x, dC_dy, d2sums, d2x, d2before):
        """Add what the step's own second derivatives make of the gradients."""
        check(self, "dC_dy", dC_dy, self.y.shape)
        grads = self._arriving("gradient again", dC_dy, self.after.grad)
        dafter = [Dual(grad, np.zeros_like(grad)) for grad in grads]
        still = np.zeros_like(d2x)

        def turned(drows=still, dbefore=None, dparams=None):
            return self._turned(x, drows, dbefore, dparams, dafter)[:2]

        for j in range(d2x.shape[1]):
            drows = np.zeros_like(d2x)
            drows[:, j] = 1
            dsums, _ = turned(drows)
            d2x[:, j] += self._to_rows(dsums, None).tangent[:, j]
        for k, total in enumerate(d2before if self.before.value is not None else ()):
            for j in range(total.shape[1]):
                dbefore = [np.zeros_like(other) for other in d2before]
                dbefore[k][:, j] = 1
                _, before = turned(dbefore=dbefore)
                total[:, j] += before[k].tangent[:, j]
        for k, total in enumerate(d2sums):
            for j in range(total.shape[1]):
                dparams = [np.zeros_like(p) for p in self._own()[0]]
                self._by_gate(dparams)[k][1][j] = 1  # its bias moves a sum alone
                dsums, _ = turned(dparams=dparams)
                total[:, j] += dsums[k].tangent[:, j]
