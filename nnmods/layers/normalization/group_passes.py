"""The passes of normalised rows of Q channels, each with a weight and a bias.

Each function is one sweep over blocks of rows that stay in the cache. Arrays are rows
(1, R, K), numbers by row (R, 1), weights and biases (R, Q). Callers enter `quiet_rows`.
"""

import numpy as np

from nnmods.kernels.blocks import row_dots, row_sums
from nnmods.kernels.scratch import scratch
from nnmods.layers.normalization.channel_moments import center_channels
from nnmods.layers.normalization.folding import by_blocks

#: For channels with fewer places a call of BLAS for each would not pay.
_LEAST_PLACES = 16


def normalise_groups(x, eps, weight, bias, out, found):
    """Write (x - mean) * invstd * weight + bias into ``out``.

    ``found``, of shape (3, R, 1), takes the mean, the variance and invstd.
    """

    def write(lane, out, x, mean, var, invstd, weight, bias):
        center_channels(x, mean, var, invstd, eps, True, out)
        out = _channels(out[0], weight.shape[1])
        np.multiply(out, (invstd * weight)[:, :, None], out=out)
        np.add(out, bias[:, :, None], out=out)

    by_blocks(write, out, x, *found, weight, bias)


def groups_back(x, v, mean, invstd, weight, out, sums, dots):
    """Write (u - mean(u) - xhat * mean(xhat * u)) * invstd into ``out``.

    Here u = weight * v. The sums of v and of v * xhat over each channel go to ``sums``
    and ``dots``, of shape (R, Q).
    """
    n, Q = x.shape[2], weight.shape[1]

    def write(lane, out, x, v, mean, invstd, weight, sums, dots):
        with scratch() as work:
            xhat = work("xhat", x.shape, out.dtype)
            np.subtract(x, mean, out=xhat)
            np.multiply(xhat, invstd, out=xhat)
            by_channel = _channels(v[0], Q)
            _sums_by_channel(_channels(xhat[0], Q), by_channel, sums, dots)
            gain = (invstd * weight)[:, :, None]
            np.multiply(by_channel, gain, out=_channels(out[0], Q))
            level, slope = (np.vecdot(a, weight)[:, None] for a in (sums, dots))
            np.multiply(xhat, slope / -n * invstd, out=xhat)
            np.add(out, xhat, out=out)
            np.subtract(out, level / n * invstd, out=out)

    by_blocks(write, out, x, v, mean, invstd, weight, sums, dots)


def _channels(x, Q):
    """Return rows (R, K) as (R, Q, K / Q)."""
    return x.reshape(len(x), Q, -1)


def _sums_by_channel(xhat, v, sums, dots):
    if v.shape[2] < _LEAST_PLACES:
        np.einsum("rqs,rqs->rq", xhat, v, out=dots)
        np.add.reduce(v, axis=2, out=sums)
    else:
        row_dots(xhat, v, dots)
        row_sums(v, sums)
