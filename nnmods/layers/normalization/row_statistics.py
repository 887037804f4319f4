"""RowStatistics: the family of normalisations within a sample."""

import numpy as np

from nnmods.core import check
from nnmods.core.arrays import same_memory
from nnmods.core.dtypes import promote
from nnmods.kernels.blocks import quiet_rows
from nnmods.layers.normalization.channels import (
    apply_jacobian,
    moments,
    normalise,
    normalise_batch,
)
from nnmods.layers.normalization.folding import in_order
from nnmods.layers.normalization.row_curvature import RowCurvature


class RowStatistics(RowCurvature):
    """Normalise rows, groups of a sample's entries, by their mean and variance.

    ::

        xhat  = (x - mean) / sqrt(var + eps)        (of each row)
        y     = weight * xhat + bias
        v     = weight * dC_dy
        dC_dx = (v - mean(v) - xhat * mean(xhat * v)) / sqrt(var + eps)

        grad_weight += scale * sum(dC_dy * xhat)    (over all that share it)
        grad_bias   += scale * sum(dC_dy)

    dy for a direction dx is weight times the formula of dC_dx with dx for v, plus
    dweight * xhat + dbias. Second derivatives, and gradients of single examples, are
    those of `RowCurvature`.

    A subclass writes ``_check(x)`` and ``_rows(x)``, a view of an array in C order, of
    shape (1, R, K), besides what `RowParameters` wants. Without ``center`` the mean is
    taken to be 0.
    """

    _results = (*RowCurvature._results, "_moments")
    _moments = None  # mean, var and invstd of the rows of _x

    def forward(self, x):
        self._check(x)
        self.y = y = self._buffer(self.y, x)
        with quiet_rows(x.size):
            self._normalise(x, y)
            self._scale(y, self.weight, self.bias)
        return y

    def backward(self, x, dC_dy):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = out = self._buffer(self.dC_dx, dC_dy, x)
        v = in_order(dC_dy, out.dtype, self.work, "v")
        with quiet_rows(x.size):
            self._times_jacobian(x, self._weighted(v, self.weight), out)
        return out

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        xhat = self._xhat(x)
        self._accumulate(in_order(dC_dy, xhat.dtype, self.work, "v"), xhat, scale)

    def jvp(self, x, dx, dparams=None):
        self._check(x)
        check(self, "dx", dx, x.shape)
        self._dy = dy = self._buffer(self._dy, dx, x)
        with quiet_rows(x.size):
            self._times_jacobian(x, in_order(dx, dy.dtype, self.work, "v"), dy, True)
            self._scale(dy, self.weight, None)
            if dparams:
                dweight, dbias = (*dparams, None)[:2]
                if self.weight is not None:
                    part = self._xhat(x)
                    self._scale(part, dweight, None)
                    np.add(dy, part, out=dy)
                self._scale(dy, None, dweight if self.weight is None else dbias)
        return dy

    def _normalise(self, x, out):
        """Write xhat into ``out``, and keep the moments."""
        x3, out3 = self._rows(self._input(x, out.dtype)), self._rows(out)
        found = self._found(out3)
        if x.size:
            eps = self._eps(out.dtype)
            normalise_batch(x3, eps, None, None, out3, found, self.center)
        self._x = x

    def _times_jacobian(self, x, v, out, forward=False):
        """Write the Jacobian of xhat by x, times ``v``, into ``out``.

        It is symmetric, so that ``forward`` matters only to who changes x before.
        """
        x3 = self._rows(self._input(x, out.dtype))
        mean, invstd = self._statistics(x, x3)
        if x.size:
            found = self.work("sums", (3, *mean.shape), out.dtype)
            v3, out3 = self._rows(v), self._rows(out)
            apply_jacobian(x3, v3, mean, invstd, None, out3, found, self.center)

    def _xhat(self, x):
        """Return xhat in scratch memory."""
        dtype = promote(self, (x, *self._weights()))
        out = self.work("xhat", x.shape, dtype)
        with quiet_rows(x.size):
            x3 = self._rows(self._input(x, dtype))
            normalise(x3, *self._statistics(x, x3), None, None, self._rows(out))
        return out

    def _statistics(self, x, x3):
        """Return mean and invstd of the rows ``x3`` of ``x``, shape (R, 1)."""
        if self._x is None or not same_memory(x, self._x):
            found = self._found(x3)
            if x.size:
                moments(x3, self._eps(x3.dtype), found, self.work, self.center)
            self._x = x
        return self._moments[0], self._moments[2]

    def _found(self, x3):
        """Return where to write moments, which are of no x until then."""
        self._x = None
        self._moments = self.work("moments", (3, x3.shape[1], 1), x3.dtype)
        return self._moments

    def _input(self, x, dtype):
        """Return what is normalised, in C order."""
        return in_order(x, dtype, self.work, "x")

    def _eps(self, dtype):
        return self.eps

    def _rows(self, x):
        raise NotImplementedError
