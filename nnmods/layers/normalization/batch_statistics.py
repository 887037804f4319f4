"""BatchStatistics: the family of batch normalisations."""

import numpy as np

from nnmods.core import check
from nnmods.core.arrays import same_memory
from nnmods.core.dtypes import promote
from nnmods.kernels.blocks import quiet_rows
from nnmods.layers.normalization.batch_curvature import BatchCurvature
from nnmods.layers.normalization.channels import (
    apply_jacobian,
    correlate,
    moments,
    normalise,
    normalise_batch,
)
from nnmods.layers.normalization.folding import buffer_like, fold


class BatchStatistics(BatchCurvature):
    """Normalise each channel of (N, n_features, *S) by its mean and variance.

    ::

        invstd = 1 / sqrt(var + eps)
        xhat   = (x - mean) * invstd
        y      = weight * xhat + bias

        training, M numbers in a channel:
        mean, var    = sum(x) / M, sum((x - mean)**2) / M
        dC_dx        = weight * invstd
                       * (dC_dy - mean(dC_dy) - xhat * mean(xhat * dC_dy))
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var  = (1 - momentum) * running_var  + momentum * var * M / (M - 1)
        (invstd = 0 where var + eps = 0)

        evaluation, and for a batch of one:
        mean, var    = running_mean, running_var
        dC_dx        = weight * invstd * dC_dy

        grad_weight += scale * sum(dC_dy * xhat)    (over all but the channels)
        grad_bias   += scale * sum(dC_dy)

    dy for a direction dx is the formula of dC_dx with dx for dC_dy, for this Jacobian
    is symmetric, plus dweight * xhat + dbias. [1]_ Second derivatives, and gradients
    of single examples, are those of `BatchCurvature`.

    A subclass says how many axes S has, in ``n_spatial``.

    Parameters
    ----------
    n_features : int
        The number of channels, at least 1.
    eps : float or None, default=1e-5
        Keeps the division finite. None means the default, here and below.
    momentum : float or None, default=0.1
        The weight of the new sample in the running statistics.
    affine : bool or None, default=True
        Whether there is a weight and a bias; without, they are None.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the weight, uniform on [0, 1). The bias is 0.

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (n_features,), or None
    running_mean, running_var : ndarray, shape (n_features,)
        What evaluation uses; 0 and 1 at first. They are not parameters.

    Raises
    ------
    TypeError
        If ``affine`` is neither a bool nor None.
    ValueError
        If ``n_features`` is 0. If ``x`` is not (N, n_features, *S); in evaluation the
        batch axis may be missing, and y then has it all the same, but dC_dx has not.
        If ``dC_dy`` is not shaped like y, or like such an x.

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network
           training by reducing internal covariate shift", ICML 2015, algorithm 1.
    """

    reads_y = False
    _results = (*BatchCurvature._results, "_moments", "_buffer")
    _moments = _buffer = None  # mean, var and invstd of the batch _x, if it is fixed

    def forward(self, x):
        x = self._batch(x)
        self.y = y = buffer_like(self.y, x, self.running_mean, module=self)
        weight, bias = self._column(self.weight), self._column(self.bias)
        x3, y3 = fold(x, y, self.work, "x"), fold(y, y, self.work, "y")
        with quiet_rows(x.size):
            if self._fixed(x):
                normalise(x3, *self._statistics(x), weight, bias, y3)
                return y
            found = self._found(y.dtype)
            normalise_batch(x3, self.eps, weight, bias, y3, found)
            self._x, M = x, x3.shape[0] * x3.shape[2]
            self._follow(found[0, :, 0], found[1, :, 0], M)
        return y

    def backward(self, x, dC_dy):
        self._back(x, dC_dy)
        return self.dC_dx

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        found = self._back(x, dC_dy) if input_grad else None
        if found is None:
            self.acc_grad_params(x, dC_dy, scale)
        else:  # the sums serve both
            self._accumulate(found, scale)
        return self.dC_dx if input_grad else None

    def _back(self, x, dC_dy):
        """Compute dC_dx; in training return the sums of dC_dy and dC_dy * xhat."""
        batch, dC_dy = self._pair(x, dC_dy)
        out = self._buffer = buffer_like(self._buffer, batch, dC_dy, self.running_mean)
        self.dC_dx = out if batch is x else out[0]
        return self._times_jacobian(batch, dC_dy, out)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._pair(x, dC_dy)
        if self.affine:
            x3, dC_dy = fold(x, x, self.work, "x"), fold(dC_dy, x, self.work, "v")
            with quiet_rows(x.size):
                mean, invstd = self._statistics(x)
                found = self.work("sums", (3, *mean.shape), mean.dtype)
                correlate(x3, dC_dy, mean, invstd, found)
            self._accumulate(found, scale)

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        x_ = self._batch(x)
        dx = dx.reshape(x_.shape)
        self._dy = dy = buffer_like(self._dy, x_, dx, self.running_mean)
        self._times_jacobian(x_, dx, dy)
        if dparams is not None and self.affine:
            dweight, dbias = map(self._column, dparams)
            dy3 = fold(dy, dy, self.work, "y")
            part = self.work("part", dy3.shape, dy.dtype)
            x3 = fold(x_, dy, self.work, "x")
            with quiet_rows(x.size):
                normalise(x3, *self._statistics(x_), dweight, dbias, part)
                np.add(dy3, part, out=dy3)
        return dy

    def _times_jacobian(self, x, v, out):
        """Write the symmetric Jacobian of y by x, times ``v``, into ``out``."""
        weight = self._column(self.weight)
        v3, out3 = fold(v, out, self.work, "v"), fold(out, out, self.work, "out")
        with quiet_rows(x.size):
            mean, invstd = self._statistics(x)
            if self._fixed(x):
                np.multiply(v3, invstd if weight is None else invstd * weight, out=out3)
                return None
            x3 = fold(x, out, self.work, "x")
            found = self.work("sums", (3, *mean.shape), out.dtype)
            apply_jacobian(x3, v3, mean, invstd, weight, out3, found)
            return found

    def _accumulate(self, found, scale):
        if self.affine:
            sums, dots, _ = found
            self.grad_weight += scale * dots[:, 0]
            self.grad_bias += scale * sums[:, 0]

    def _fixed(self, x):
        """Tell whether the running statistics serve: a variance takes two samples."""
        return not self.train or x.shape[0] < 2 or x.size == 0

    def _statistics(self, x):
        """Return the mean and invstd that belong to ``x``, shape (C, 1)."""
        if self._fixed(x):
            return self._column(self.running_mean), self._column(self._running_invstd())
        if self._x is None or not same_memory(x, self._x):
            x3 = fold(x, x, self.work, "x")
            found = self._found(promote(self, (x, self.running_mean)))
            moments(x3, self.eps, found)
            self._x = x
        return self._moments[0], self._moments[2]

    def _found(self, dtype):
        """Return where to write moments, which are of no batch until then."""
        self._x = None
        self._moments = self.work("moments", (3, self.n_features, 1), dtype)
        return self._moments
