"""The arithmetic of normalisation: arrays (A, C, B) and numbers by channel (C, 1).

A channel is whatever is normalised together: a feature of a batch (see `folding`), or,
with A = 1, a row of the array. Weights and biases may be None. Without ``center`` the
mean is taken to be 0, and the variance is the mean square. What overflows or is NaN
does so quietly inside `quiet_rows`, which callers enter.
"""

import numpy as np

from nnmods.kernels.scratch import scratch
from nnmods.layers.normalization.channel_moments import (
    center_channels,
    channel_dot,
    channel_sum,
)
from nnmods.layers.normalization.folding import by_blocks


def normalise(x, mean, invstd, weight, bias, out):
    """Write (x - mean) * invstd * weight + bias into ``out``."""

    def write(lane, out, x, mean, gain, bias):
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

    def write(lane, out, x, mean, var, invstd, weight, bias):
        x_c = center_channels(x, mean, var, invstd, eps, center, out)
        np.multiply(x_c, invstd if weight is None else invstd * weight, out=out)
        if bias is not None:
            np.add(out, bias, out=out)

    by_blocks(write, out, x, *found, weight, bias)


def moments(x, eps, found, center=True):
    """Write mean, variance and invstd of ``x`` into ``found``, as `normalise_batch`."""

    def write(lane, x, mean, var, invstd):
        with scratch() as work:
            out = work("centred", x.shape, found.dtype)
            center_channels(x, mean, var, invstd, eps, center, out)

    by_blocks(write, x, *found)


def apply_jacobian(x, v, mean, invstd, weight, out, found, center=True):
    """Write gain * (v - mean(v) - xhat * mean(xhat * v)) into ``out``.

    Here xhat = (x - mean) * invstd and gain = invstd * weight; without ``center``
    mean(v) is left out.

    Parameters
    ----------
    found : ndarray, shape (3, C, 1)
        The sums of v and of v * xhat are written there; the third is scratch.
    """

    def write(lane, out, x, v, mean, invstd, gain, sums, dots, part):
        _correlate(x, v, mean, invstd, sums, dots, out)
        np.multiply(dots, invstd, out=part)
        np.multiply(out, np.divide(part, -n, out=part), out=out)
        np.add(out, v, out=out)
        if center:
            np.subtract(out, np.divide(sums, n, out=part), out=out)
        np.multiply(out, gain, out=out)

    n = x.shape[0] * x.shape[2]
    gain = invstd if weight is None else invstd * weight
    by_blocks(write, out, x, v, mean, invstd, gain, *found)


def correlate(x, v, mean, invstd, found):
    """Write the sums of v and of v * xhat into ``found``, as `apply_jacobian`."""

    def write(lane, x, v, mean, invstd, sums, dots, _):
        with scratch() as work:
            out = work("centred", x.shape, mean.dtype)
            _correlate(x, v, mean, invstd, sums, dots, out)

    by_blocks(write, x, v, mean, invstd, *found)


def _correlate(x, v, mean, invstd, sums, dots, out):
    """Write x - mean into ``out``, and the sums of v and v * xhat."""
    np.subtract(x, mean, out=out)
    channel_sum(v, sums)
    channel_dot(out, v, dots)
    dots *= invstd
