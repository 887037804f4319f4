"""Convolution whose output channels see one input channel each, tap by tap.

With groups of one input channel there is nothing to sum but the taps of the kernel, and
a product of matrices would have an inner length of K. So the image is multiplied by one
tap after the other, in blocks of channels that the lanes share. Weights are
(G, M, 1, *K), for M output channels of each of G inputs.
"""

import numpy as np

from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    cropped,
    padded,
    write_back,
)
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.windows import windows

# Numbers of y in a block, if one channel has no more: the sum, a term and what both
# come from are in the second-level cache then. With 2^13 the calls take longer.
BLOCK = 1 << 15


def forward(x, weight, bias, stride, padding, dilation, out):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    with scratch() as work:
        taps = _taps(x, weight.shape, stride, padding, dilation, out, out.dtype, work)
        y = batch_last_out(out, work, "y")
        target = y.reshape(*weight.shape[:2], *y.shape[1:])
        column = (*weight.shape[:2], *(1,) * (y.ndim - 1))
        factors = [weight[:, :, 0, *k].reshape(column) for k, _ in taps]
        offsets = None if bias is None else bias.reshape(column)

        def task(block, m, term):
            total = target[block, m]
            for i, (_, tap) in enumerate(taps):
                place = term if i else total
                np.multiply(tap[block], factors[i][block, m], out=place)
                if i:
                    np.add(total, term, out=total)
            if offsets is not None:
                np.add(total, offsets[block, m], out=total)

        _in_blocks(task, target, len(taps), work)
        write_back(y, out)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``."""
    with scratch() as work:
        taps = _taps(x, out.shape, stride, padding, dilation, dC_dy, out.dtype, work)
        slopes = batch_last(dC_dy, work, "dC_dy", out.dtype)
        slopes = slopes.reshape(*out.shape[:2], *slopes.shape[1:])
        sums = work("sums", (len(taps), *out.shape[:2]), out.dtype)

        def task(block, m, term):
            for i, (_, tap) in enumerate(taps):
                np.multiply(tap[block], slopes[block, m], out=term)
                rows = term.reshape(len(term), -1)
                np.add.reduce(rows, axis=1, out=sums[i, block, m])

        _in_blocks(task, slopes, len(taps), work)
        for (k, _), values in zip(taps, sums, strict=True):
            out[:, :, 0, *k] = values


def _taps(x, weight_shape, stride, padding, dilation, y, dtype, work):
    """Return pairs of an index of the kernel and what it sees of ``x`` (G, *O, N)."""
    x, padding = cropped(x, padding)
    image = padded(x, padding, work, "x", 0, dtype)
    view = windows(image, weight_shape[3:], stride, dilation, y.shape[2:])
    return [(k, view[(slice(None), *k)]) for k in np.ndindex(weight_shape[3:])]


def _in_blocks(task, y, taps, work):
    """Call ``task(block, m, term)`` for all of ``y`` (G, M, *O, N), term as scratch."""
    G, M = y.shape[:2]
    lanes = min(lanes_for(bytes_moved=4 * taps * y.nbytes), max(G, 1))
    step = max(1, BLOCK * G // max(1, y[:, :1].size))
    terms = [
        work(("term", i), (min(step, G), *y.shape[2:]), y.dtype) for i in range(lanes)
    ]

    def lane_task(lane):
        mine = share(G, lanes, lane)
        for first in range(mine.start, mine.stop, step):
            block = slice(first, min(first + step, mine.stop))
            for m in range(M):
                task(block, m, terms[lane][: block.stop - first])

    in_lanes(lane_task, lanes)
