"""BatchCurvature: second derivatives and single examples of batch normalisations."""

import numpy as np

from nnmods.core import check
from nnmods.core.examples import sq_norms
from nnmods.core.tables import check_like
from nnmods.kernels.blocks import quiet_rows
from nnmods.layers.normalization.batch_channels import BatchChannels
from nnmods.layers.normalization.channel_curvature import (
    add_own_diagonal,
    correlate_squares,
    square_jacobian,
    turn_jacobian,
)
from nnmods.layers.normalization.channel_moments import channel_dot
from nnmods.layers.normalization.channels import apply_jacobian, normalise
from nnmods.layers.normalization.folding import buffer_like, fold


class BatchCurvature(BatchChannels):
    """The verbs of curvature and of single examples of `BatchStatistics`.

    ::

        J            = the Jacobian of xhat by x, of a channel
        ddC_dx       = weight * d(J dC_dy) + dweight * J dC_dy
        grad_weight += scale * sum(dC_dy * J dx)

        training, M numbers in a channel:
        J v          = invstd (v - mean(v) - xhat * mean(xhat * v))
        a, b         = mean(xhat * dC_dy), mean(xhat * dx)
        c            = mean(dC_dy * (dx - mean(dx)))
        d(J dC_dy)   = -invstd^2 (b (dC_dy - mean(dC_dy)) + a (dx - mean(dx))
                                  + (c - 3 a b) xhat)

        evaluation, and for a batch of one:
        J v          = invstd v,  d(J dC_dy) = 0

    In training `per_example_grads` gives each example's share of the gradients' sums,
    the statistics held as the batch has them; alone an example would have others.
    """

    _results = (*BatchChannels._results, "_diagonal")
    _diagonal = None  # _d2C_dx2 with a batch axis

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check(self, "dx", dx, x.shape)
        if dparams is not None:
            check_like(self, "dparams", dparams, self.parameters()[0])
        batch, dC_dy = self._pair(x, dC_dy)
        dx, fixed = dx.reshape(batch.shape), self._fixed(batch)
        dweight = self._column(dparams[0]) if dparams and self.affine else None
        if fixed and not self.affine:
            return None
        out = buffer_like(self._buffer, batch, dC_dy, dx, self.running_mean)
        self._buffer, self.dC_dx = out, out if batch is x else out[0]
        x3, v3, dx3 = self._folded(out, batch, dC_dy, dx)
        out3 = fold(out, out, self.work, "out")
        with quiet_rows(batch.size):
            moments = mean, invstd = self._statistics(batch)
            found = self.work("turned", (4, *mean.shape), out.dtype)
            if fixed:
                channel_dot(v3, dx3, found[0])
                found[0] *= invstd
                if dweight is not None:
                    np.multiply(v3, invstd * dweight, out=out3)
            else:
                weight = self._column(self.weight)
                turn_jacobian(x3, v3, dx3, *moments, weight, out3, found, self.work)
                if dweight is not None:
                    part = self.work("part", out3.shape, out.dtype)
                    sums = self.work("sums", (3, *mean.shape), out.dtype)
                    apply_jacobian(x3, v3, *moments, dweight, part, sums)
                    np.add(out3, part, out=out3)
        if self.affine:
            self.grad_weight += scale * found[0, :, 0]
        return None if fixed and dweight is None else self.dC_dx

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        batch, h = self._pair(x, d2C_dy2, "d2C_dy2")
        v = h if dC_dy is None else self._pair(x, dC_dy)[1]
        out = buffer_like(self._diagonal, batch, h, v, self.running_mean)
        self._diagonal, self._d2C_dx2 = out, out if batch is x else out[0]
        x3, h3, v3 = self._folded(out, batch, h, v)
        out3, weight = fold(out, out, self.work, "out"), self._column(self.weight)
        with quiet_rows(batch.size):
            moments = mean, invstd = self._statistics(batch)
            found = self.work("sums", (3, *mean.shape), out.dtype)
            if self._fixed(batch):
                gain = invstd if weight is None else invstd * weight
                np.multiply(h3, np.square(gain), out=out3)
                return self._d2C_dx2
            square_jacobian(x3, h3, *moments, weight, out3, found, self.work)
            if dC_dy is not None:
                add_own_diagonal(x3, v3, *moments, weight, out3, found[:2], self.work)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        batch, h = self._pair(x, d2C_dy2, "d2C_dy2")
        if self.affine:
            x3, h3 = self._folded(batch, batch, h)
            with quiet_rows(batch.size):
                mean, invstd = self._statistics(batch)
                found = self.work("sums", (3, *mean.shape), mean.dtype)[:2]
                correlate_squares(x3, h3, mean, invstd, found, self.work)
            self.grad_bias += scale * found[0, :, 0]
            self.grad_weight += scale * found[1, :, 0]

    def per_example_grads(self, x, dC_dy):
        batch, dC_dy = self._pair(x, dC_dy)
        if not self.affine:
            return []
        x3, v3 = self._folded(batch, batch, dC_dy)
        with quiet_rows(batch.size):
            mean, invstd = self._statistics(batch)
            part = self.work("part", x3.shape, np.result_type(mean, v3))
            normalise(x3, mean, invstd, None, None, part)
            np.multiply(part, v3, out=part)
            return [_by_example(a, len(batch), part.dtype) for a in (part, v3)]

    def per_example_sq_norms(self, x, dC_dy):
        grads, n = self.per_example_grads(x, dC_dy), len(self._batch(x))
        return sq_norms(grads, n, self.dtype)

    def _folded(self, like, *arrays):
        """Return arrays with three axes, as the memory of ``like`` suggests."""
        names = ("x", "v", "dx")[: len(arrays)]
        return [
            fold(array, like, self.work, name)
            for name, array in zip(names, arrays, strict=True)
        ]


def _by_example(folded, N, dtype):
    """Return the sums (N, C) over the places of a folded array."""
    if len(folded) == N:
        return np.add.reduce(folded, axis=2, dtype=dtype)
    by_place = folded.reshape(folded.shape[1], -1, N)
    return np.add.reduce(by_place, axis=1, dtype=dtype).T
