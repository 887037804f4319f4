"""The arithmetic of normalisation: arrays (A, C, B) and numbers by channel (C, 1).

A channel is whatever is normalised together: a feature of a batch (see `folding`), or,
with A = 1, a row of the array. Weights and biases may be None. Without ``center`` the
mean is taken to be 0, and the variance is the mean square. What overflows or is NaN
does so quietly inside ``quiet``, which callers enter.
"""

from math import isfinite

import numpy as np

from nnmods.layers.normalization.folding import by_blocks


def quiet():
    """Return the context in which NaN and infinity pass without a warning."""
    return np.errstate(divide="ignore", over="ignore", invalid="ignore")


def channel_sum(x, out):
    """Write the sum of ``x`` by channel into ``out``."""
    # Along contiguous memory NumPy adds pairwise; across, one after another, which for
    # long batches would lose digits in float32.
    wide = np.float64 if x.shape[0] > 256 and x.dtype == np.float32 else None
    out[:, 0] = np.add.reduce(x, axis=(0, 2), dtype=wide)


def channel_dot(x, y, out):
    """Write the sum of ``x * y`` by channel into ``out``."""
    if x.shape[2] < 16:  # a BLAS call for each row would not pay
        out[:, 0] = np.einsum("acb,acb->c", x, y)
    else:
        out[:, 0] = np.add.reduce(np.vecdot(x, y), axis=0)


def normalise(x, mean, invstd, weight, bias, out):
    """Write (x - mean) * invstd * weight + bias into ``out``."""

    def write(out, x, mean, gain, bias):
        np.subtract(x, mean, out=out)
        np.multiply(out, gain, out=out)
        if bias is not None:
            np.add(out, bias, out=out)

    gain = invstd if weight is None else invstd * weight
    by_blocks(write, out, x, mean, gain, bias)


def normalise_batch(x, eps, weight, bias, out, found, center=True):
    """Do the same with the moments of ``x`` itself.

    Parameters
    ----------
    found : ndarray, shape (3, C, 1)
        Mean, variance and 1 / sqrt(variance + eps) are written there. The last is 0
        where that root is 0, so that a constant channel gives the bias.
    """

    def write(out, x, mean, var, invstd, weight, bias):
        _center(x, mean, var, invstd, eps, center, out)
        np.multiply(out, invstd if weight is None else invstd * weight, out=out)
        if bias is not None:
            np.add(out, bias, out=out)

    by_blocks(write, out, x, *found, weight, bias)


def moments(x, eps, found, work, center=True):
    """Write mean, variance and invstd of ``x`` into ``found``, as `normalise_batch`."""

    def write(x, mean, var, invstd):
        out = work("centred", x.shape, found.dtype)
        _center(x, mean, var, invstd, eps, center, out)

    by_blocks(write, x, *found)


def inverse_root(var, eps, out):
    """Write 1 / sqrt(var + eps) into ``out``, 0 where the root is 0; return it."""
    np.add(var, eps, out=out)
    np.sqrt(out, out=out)
    if type(eps) is float and eps > 0:
        return np.divide(1, out, out=out)
    return np.divide(1, out, out=out, where=out != 0)


def _center(x, mean, var, invstd, eps, center, out):
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
    if isfinite(np.add.reduce(var, axis=None)):
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


def apply_jacobian(x, v, mean, invstd, weight, out, found, center=True):
    """Write gain * (v - mean(v) - xhat * mean(xhat * v)) into ``out``.

    Here xhat = (x - mean) * invstd and gain = invstd * weight; without ``center``
    mean(v) is left out.

    Parameters
    ----------
    found : ndarray, shape (2, C, 1)
        The sums of v and of v * xhat are written there.
    """

    def write(out, x, v, mean, invstd, gain, sums, dots):
        _correlate(x, v, mean, invstd, sums, dots, out)
        np.multiply(out, dots * invstd / -n, out=out)
        np.add(out, v, out=out)
        if center:
            np.subtract(out, sums / n, out=out)
        np.multiply(out, gain, out=out)

    n = x.shape[0] * x.shape[2]
    gain = invstd if weight is None else invstd * weight
    by_blocks(write, out, x, v, mean, invstd, gain, *found)


def correlate(x, v, mean, invstd, found, work):
    """Write the sums of v and of v * xhat into ``found``, shape (2, C, 1)."""

    def write(x, v, mean, invstd, sums, dots):
        out = work("centred", x.shape, mean.dtype)
        _correlate(x, v, mean, invstd, sums, dots, out)

    by_blocks(write, x, v, mean, invstd, *found)


def _correlate(x, v, mean, invstd, sums, dots, out):
    """Write x - mean into ``out``, and the sums of v and v * xhat."""
    np.subtract(x, mean, out=out)
    channel_sum(v, sums)
    channel_dot(out, v, dots)
    dots *= invstd
