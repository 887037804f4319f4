"""The arithmetic of normalisation: arrays (A, C, B) and numbers by channel (C, 1).

See `folding` for the three axes. Weights and biases may be None.
"""

import numpy as np

from nnmods.layers.normalization.folding import by_blocks


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


def normalise_batch(x, eps, weight, bias, out):
    """Do the same with the moments of ``x`` itself; return mean, var and invstd."""

    def write(out, x, mean, var, invstd, weight, bias):
        _center(x, mean, var, out)
        np.divide(1, np.sqrt(var + eps), out=invstd)
        np.multiply(out, invstd if weight is None else invstd * weight, out=out)
        if bias is not None:
            np.add(out, bias, out=out)

    found = np.empty((3, x.shape[1], 1), out.dtype)
    by_blocks(write, out, x, *found, weight, bias)
    return found


def moments(x, eps, dtype, work):
    """Return the mean and invstd of ``x``."""

    def write(x, mean, var):
        _center(x, mean, var, work("centred", x.shape, dtype))

    mean, var = np.empty((2, x.shape[1], 1), dtype)
    by_blocks(write, x, mean, var)
    return mean, 1 / np.sqrt(var + eps)


def _center(x, mean, var, out):
    """Write ``x - mean`` into ``out``, and the moments into ``mean`` and ``var``."""
    n = x.shape[0] * x.shape[2]
    channel_sum(x, mean)
    mean /= n
    np.subtract(x, mean, out=out)
    channel_dot(out, out, var)
    var /= n


def apply_jacobian(x, v, mean, invstd, weight, out):
    """Write gain * (v - mean(v) - xhat * mean(xhat * v)) into ``out``.

    Here xhat = (x - mean) * invstd and gain = invstd * weight.

    Returns
    -------
    sums, dots : ndarray, shape (C, 1)
        Of v, and of v * xhat.
    """

    def write(out, x, v, mean, invstd, gain, sums, dots):
        _correlate(x, v, mean, invstd, sums, dots, out)
        np.multiply(out, dots * invstd / -n, out=out)
        np.add(out, v, out=out)
        np.subtract(out, sums / n, out=out)
        np.multiply(out, gain, out=out)

    n = x.shape[0] * x.shape[2]
    found = np.empty((2, *mean.shape), out.dtype)
    gain = invstd if weight is None else invstd * weight
    by_blocks(write, out, x, v, mean, invstd, gain, *found)
    return found


def correlate(x, v, mean, invstd, work):
    """Return the sums of v, and of v * xhat, shape (C, 1)."""

    def write(x, v, mean, invstd, sums, dots):
        out = work("centred", x.shape, mean.dtype)
        _correlate(x, v, mean, invstd, sums, dots, out)

    found = np.empty((2, *mean.shape), mean.dtype)
    by_blocks(write, x, v, mean, invstd, *found)
    return found


def _correlate(x, v, mean, invstd, sums, dots, out):
    """Write x - mean into ``out``, and the sums of v and v * xhat."""
    np.subtract(x, mean, out=out)
    channel_sum(v, sums)
    channel_dot(out, v, dots)
    dots *= invstd
