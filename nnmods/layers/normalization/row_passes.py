"""The passes of normalised rows with a weight and a bias for each of their K entries.

Each function is one sweep over blocks of rows that stay in the cache. Arrays are rows
(1, R, K), numbers by row (R, 1); weights and biases (K,), or None. Callers enter
`quiet_rows`.
"""

import numpy as np

from nnmods.kernels.blocks import cut_for, each, row_dots, row_sums
from nnmods.kernels.scratch import scratch
from nnmods.layers.normalization.channel_moments import (
    center_channels,
    channel_sum,
    column_dots,
)
from nnmods.layers.normalization.folding import by_blocks

#: Of blocks with fewer rows the sums by column would take much of the memory of x.
_LEAST_ROWS = 16


def normalise_rows(x, eps, weight, bias, out, found, center):
    """Write (x - mean) * invstd * weight + bias into ``out``.

    ``found``, of shape (3, R, 1), takes the mean, the variance and invstd.
    """

    def write(lane, out, x, mean, var, invstd):
        x_c = center_channels(x, mean, var, invstd, eps, center, out)
        np.multiply(x_c, invstd, out=out)
        if weight is not None:
            np.multiply(out, weight, out=out)
        if bias is not None:
            np.add(out, bias, out=out)

    by_blocks(write, out, x, *found)


def shares_of(x, work):
    """Return where `rows_back` writes sums, (2, blocks, K), or None for long rows."""
    _, R, K = x.shape
    blocks = cut_for(3 * x.nbytes, R, x.size)
    if len(blocks) > 1 and R < _LEAST_ROWS * len(blocks):
        return None
    return work("shares", (2, len(blocks), K), x.dtype)


def rows_back(x, v, mean, invstd, weight, out, center, shares=None):
    """Write (u - mean(u) - xhat * mean(xhat * u)) * invstd into ``out``.

    Here u = weight * v; without ``center`` mean(u) is left out. The sums of v and
    of v * xhat over the rows of each block go to ``shares``, if that is given.
    """
    _, R, n = x.shape
    blocks = cut_for(3 * x.nbytes, R, x.size)

    def task(block, lane):
        sums = None if shares is None else shares[:, block.start // blocks[0].stop]
        numbers = mean[block], invstd[block]
        with scratch() as work:
            write(x[0, block], v[0, block], *numbers, out[0, block], sums, work)

    def write(x, v, mean, invstd, out, sums, work):
        part = work("part", x.shape, out.dtype)
        level, slope = work("numbers", (2, len(x), 1), out.dtype)
        x_c = np.subtract(x, mean, out=part) if center else x
        if sums is not None:
            np.multiply(x_c, v, out=out)
            column_dots(invstd[:, 0], out, sums[1])
            channel_sum(v[:, :, None], sums[0][:, None])
        u = v if weight is None else np.multiply(v, weight, out=out)
        row_dots(x_c, u, slope[:, 0])
        if center:
            row_sums(u, level[:, 0])
        np.multiply(slope, invstd, out=slope)
        np.multiply(slope, invstd, out=slope)
        np.multiply(x_c, np.divide(slope, -n, out=slope), out=part)
        np.add(u, part, out=out)
        if center:
            np.subtract(out, np.divide(level, n, out=level), out=out)
        np.multiply(out, invstd, out=out)

    each(task, blocks, 3 * x.nbytes)
