"""Sums, means and variances by channel, of arrays (A, C, B); see `channels`."""

from math import isfinite

import numpy as np

from nnmods.kernels.blocks import row_dots, row_sums
from nnmods.kernels.products import column_sums

#: For rows shorter than this a call of BLAS for each would not pay.
_LEAST_ROW = 16
#: Down a column BLAS adds one number after another: more would lose digits in float32.
_MOST_ROWS = 256


def quiet():
    """Return the context in which NaN and infinity pass without a warning."""
    return np.errstate(divide="ignore", over="ignore", invalid="ignore")


def channel_sum(x, out):
    """Write the sum of ``x`` by channel into ``out``."""
    A, C, B = x.shape
    if x.dtype.kind != "f":  # sums in their own dtype would wrap
        out[:, 0] = np.add.reduce(x, axis=(0, 2), dtype=np.float64)
    elif A == 1:
        row_sums(x[0], out[:, 0])
    elif B == 1 and A <= _MOST_ROWS:
        column_sums(x[:, :, 0], out[:, 0])
    elif B == 1:
        starts = range(0, A, _MOST_ROWS)
        parts = np.empty((len(starts), C), x.dtype)
        for part, start in zip(parts, starts, strict=True):
            column_sums(x[start : start + _MOST_ROWS, :, 0], part)
        out[:, 0] = np.add.reduce(parts, axis=0, dtype=np.float64)
    elif B < _LEAST_ROW:
        out[:, 0] = np.add.reduce(x, axis=(0, 2), dtype=np.float64)
    else:
        parts = row_sums(x, np.empty((A, C), x.dtype))
        out[:, 0] = np.add.reduce(parts, axis=0, dtype=np.float64)


def column_dots(factors, x, out):
    """Write the sums over the rows of ``factors * x`` into ``out``.

    Parameters
    ----------
    factors : ndarray, shape (R,)
    x : ndarray, shape (R, K)
    out : ndarray, shape (K,)
    """
    if len(x) <= _MOST_ROWS:
        np.dot(factors, x, out=out)
        return
    starts = range(0, len(x), _MOST_ROWS)
    parts = np.empty((len(starts), x.shape[1]), x.dtype)
    for part, start in zip(parts, starts, strict=True):
        rows = slice(start, start + _MOST_ROWS)
        np.dot(factors[rows], x[rows], out=part)
    out[...] = np.add.reduce(parts, axis=0, dtype=np.float64)


def channel_dot(x, y, out):
    """Write the sum of ``x * y`` by channel into ``out``."""
    if x.shape[2] < _LEAST_ROW:
        np.einsum("acb,acb->c", x, y, out=out[:, 0], casting="same_kind")
    elif x.shape[0] == 1:
        row_dots(x[0], y[0], out[:, 0])
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
    """Return ``x - mean``, and write the moments into the numbers by channel.

    It lies in ``out``, or is ``x`` itself where that is the same.
    """
    n = x.shape[0] * x.shape[2]
    if center:
        channel_sum(x, mean)
        mean /= n
        x_c = np.subtract(x, mean, out=out)
    else:
        mean.fill(0)
        x_c = x
    channel_dot(x_c, x_c, var)
    var /= n
    if isfinite(np.vdot(var, var)):
        inverse_root(var, eps, invstd)
        return x_c
    _center_scaled(x, mean, var, invstd, eps, center, out)
    return out


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
