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
    shape (1, R, K), ``_normalise_rows`` and ``_rows_back``, with the parameters as they
    belong to rows, besides what `RowParameters` wants. Without ``center`` the mean is
    taken to be 0.
    """

    _results = (*RowCurvature._results, "_moments")
    _moments = None  # mean, var and invstd of the rows of _x

    def forward(self, x):
        self._check(x)
        self.y = y = self._result(self.y, x)
        with quiet_rows(x.size):
            self._normalise(x, y)
        return y

    def backward(self, x, dC_dy):
        self._back(x, dC_dy)
        return self.dC_dx

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        found = self._back(x, dC_dy, self.weight is not None) if input_grad else None
        if found is None:
            self.acc_grad_params(x, dC_dy, scale)
        else:  # one sweep served both
            total = found.reshape(2, -1, *self.weight.shape)
            total = np.add.reduce(total, axis=1, dtype=np.float64)
            self.grad_weight += scale * total[1]
            if self.bias is not None:
                self.grad_bias += scale * total[0]
        return self.dC_dx if input_grad else None

    def _back(self, x, dC_dy, learn=False):
        """Compute dC_dx; return what to add up for the parameters, if that was cheap.

        These are parts of the sums of dC_dy, and of dC_dy * xhat.
        """
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = out = self._result(self.dC_dx, x, dC_dy)
        with quiet_rows(x.size):
            return self._rows_back(x, dC_dy, out, learn) if x.size else None

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check(x)
        check(self, "dC_dy", dC_dy, x.shape)
        if self._weights():
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
        """Write y into ``out``, and keep the moments."""
        x3, out3 = self._rows(self._input(x, out.dtype)), self._rows(out)
        found = self._found(out3.shape[1], out.dtype)
        if x.size:
            self._normalise_rows(x3, self._eps(out.dtype), out3, found)
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
            found = self._found(x3.shape[1], x3.dtype)
            if x.size:
                moments(x3, self._eps(x3.dtype), found, self.center)
            self._x = x
        return self._moments[0], self._moments[2]

    def _found(self, R, dtype):
        """Return where to write moments, which are of no x until then."""
        self._x = None
        self._moments = self.work("moments", (3, R, 1), dtype)
        return self._moments

    def _input(self, x, dtype):
        """Return what is normalised, in C order."""
        return in_order(x, dtype, self.work, "x")

    def _eps(self, dtype):
        return self.eps

    def _rows(self, x):
        raise NotImplementedError

    def _normalise_rows(self, x, eps, out, found):
        """Write y of rows (1, R, K) into ``out``, and the moments into ``found``."""
        raise NotImplementedError

    def _rows_back(self, x, dC_dy, out, learn):
        """Write dC_dx into ``out``, and return what `_back` does."""
        raise NotImplementedError

    def _result(self, buffer, *arrays):
        """Return where `forward` and `backward` write: here, an array in C order."""
        return self._buffer(buffer, *arrays)
