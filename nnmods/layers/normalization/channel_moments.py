"""Sums, means and variances by channel, of arrays (A, C, B); see `channels`."""

from math import isfinite

import numpy as np

from nnmods.kernels.products import column_sums


def quiet():
    """Return the context in which NaN and infinity pass without a warning."""
    return np.errstate(divide="ignore", over="ignore", invalid="ignore")


def channel_sum(x, out):
    """Write the sum of ``x`` by channel into ``out``."""
    if x.shape[0] > 256 and x.dtype == np.float32:
        # Along contiguous memory NumPy adds pairwise; across, one after another, which
        # for long batches would lose digits.
        out[:, 0] = np.add.reduce(x, axis=(0, 2), dtype=np.float64)
    elif x.shape[2] == 1 and x.shape[0] <= 256:
        column_sums(x[:, :, 0], out[:, 0])
    else:
        np.add.reduce(x, axis=(0, 2), out=out[:, 0])


def channel_dot(x, y, out):
    """Write the sum of ``x * y`` by channel into ``out``."""
    if x.shape[2] < 16:  # a BLAS call for each row would not pay
        np.einsum("acb,acb->c", x, y, out=out[:, 0], casting="same_kind")
    elif x.shape[0] == 1:
        np.vecdot(x[0], y[0], out=out[:, 0])
    else:
        np.add.reduce(np.vecdot(x, y), axis=0, out=out[:, 0])


def inverse_root(var, eps, out):
    """Write 1 / sqrt(var + eps) into ``out``, 0 where the root is 0; return it."""
    np.add(var, eps, out=out)
    np.sqrt(out, out=out)
    if type(eps) is float and eps > 0:
        return np.reciprocal(out, out=out)
    return np.divide(1, out, out=out, where=out != 0)


def center_channels(x, mean, var, invstd, eps, center, out):
    """Write ``x - mean`` into ``out``, and the moments into the numbers by channel."""
    n = x.shape[0] * x.shape[2]
    if center:
        channel_sum(x, mean)
        mean /= n
        np.subtract(x, mean, out=out)
    else:
        mean.fill(0)
        np.copyto(out, x, casting="same_kind")
    channel_dot(out, out, var)
    var /= n
    if isfinite(np.vdot(var, var)):
        inverse_root(var, eps, invstd)
    else:
        _center_scaled(x, mean, var, invstd, eps, center, out)


def _center_scaled(x, mean, var, invstd, eps, center, out):
    """Do the same where a square overflows: each channel in units of its largest."""
    n = x.shape[0] * x.shape[2]
    np.copyto(out, x, casting="same_kind")
    np.absolute(out, out=out)
    unit = np.maximum.reduce(out, axis=(0, 2))[:, None]
    unit[unit == 0] = 1
    np.divide(x, unit, out=out, casting="same_kind")
    if center:
        channel_sum(out, mean)
        mean /= n
        np.subtract(out, mean, out=out)
        mean *= unit
    channel_dot(out, out, var)
    var /= n
    inverse_root(var, eps / unit / unit, invstd)
    invstd /= unit
    var *= unit
    var *= unit
    np.multiply(out, unit, out=out)
