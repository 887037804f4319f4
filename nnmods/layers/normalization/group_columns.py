"""The passes of normalised groups in batch-last memory: columns of (G, K, N).

A column is a group of one sample, of Q channels, each with a weight and a bias. Numbers
by column have the shape (G, N), weights and biases (G, Q), or are None. Some places of
a channel lie side by side, T of them: arrays are (G, K / T, T * N), for rows of a few
numbers take NumPy twice the time. Callers enter `quiet_rows`.
"""

import numpy as np

from nnmods.kernels.blocks import each
from nnmods.kernels.scratch import scratch
from nnmods.layers.normalization.channel_moments import channel_sum, inverse_root


def normalise_columns(x, eps, weight, bias, out, found):
    """Write (x - mean) * invstd * weight + bias into ``out``.

    ``found``, of shape (3, G, N), takes the mean, the variance and invstd. Where a
    square overflows the variance is infinite, and ``out`` not to be used.
    """
    n, tile = _sizes(x, found)

    def task(g, lane):
        y, (mean, var, invstd) = out[g], found[:, g]
        with scratch() as work:
            wide, part = work("wide", tile, y.dtype), work("part", y.shape, y.dtype)
            np.divide(_column_sums(x[g], wide, mean), n, out=mean)
            np.subtract(x[g], _tiled(mean, wide), out=y)
            _column_sums(np.multiply(y, y, out=part), wide, var)
            inverse_root(np.divide(var, n, out=var), eps, invstd)
            if weight is None:
                np.multiply(y, _tiled(invstd, wide), out=y)
                return
            y = _channels(y, weight)
            np.multiply(y, _gain(weight[g], invstd, tile, work), out=y)
            np.add(y, bias[g, :, None, None], out=y)

    each(task, range(len(x)), 2 * x.nbytes)


def columns_back(x, v, mean, invstd, weight, out, sums, dots):
    """Write (u - mean(u) - xhat * mean(xhat * u)) * invstd into ``out``.

    Here u = weight * v. The sums of v and of v * xhat over each channel go to ``sums``
    and ``dots``, of shape (G, Q, N).
    """
    n, tile = _sizes(x, mean)

    def task(g, lane):
        with scratch() as work:
            xhat, wide = (
                work("xhat", x.shape[1:], out.dtype),
                work("wide", tile, out.dtype),
            )
            write(x[g], v[g], mean[g], invstd[g], out[g], g, xhat, wide, work)

    def write(x, v, mean, invstd, out, g, xhat, wide, work):
        np.subtract(x, _tiled(mean, wide), out=xhat)
        np.multiply(xhat, _tiled(invstd, wide), out=xhat)
        u = _channels(np.multiply(xhat, v, out=out), sums)
        for q, channel in enumerate(_channels(v, sums)):
            _column_sums(channel, wide, sums[g, q])
            _column_sums(u[q], wide, dots[g, q])
        if weight is None:
            level, slope = sums[g, 0], dots[g, 0]
            np.multiply(v, _tiled(invstd, wide), out=out)
        else:
            level, slope = weight[g] @ sums[g], weight[g] @ dots[g]
            np.multiply(_channels(v, sums), _gain(weight[g], invstd, tile, work), out=u)
        np.multiply(xhat, _tiled(slope / -n * invstd, wide), out=xhat)
        np.add(out, xhat, out=out)
        np.subtract(out, _tiled(level / n * invstd, wide), out=out)

    each(task, range(len(x)), 3 * x.nbytes)


def _sizes(x, numbers):
    """Return the length of a column, and the shape (T, N) of numbers side by side."""
    N = numbers.shape[-1]
    tile = x.shape[2] // N, N
    return x.shape[1] * tile[0], tile


def _channels(a, numbers):
    """Return a group (K / T, T * N) with an axis for Q, of ``numbers`` (G, Q, ...)."""
    return a.reshape(numbers.shape[1], -1, a.shape[1])


def _column_sums(a, wide, out):
    """Write the sums of columns to ``out`` (N,) and return it."""
    channel_sum(a[:, :, None], wide.reshape(-1, 1))
    return np.add.reduce(wide, axis=0, out=out)


def _tiled(numbers, wide):
    """Return the numbers by column (N,) T times side by side, in ``wide``."""
    np.copyto(wide, numbers)
    return wide.reshape(-1)


def _gain(weight, invstd, tile, work):
    """Return weight * invstd by channel and column, of shape (Q, 1, T * N)."""
    gain = work("gain", (len(weight), *tile), invstd.dtype)
    np.multiply(weight[:, None, None], invstd, out=gain)
    return gain.reshape(len(weight), 1, -1)
