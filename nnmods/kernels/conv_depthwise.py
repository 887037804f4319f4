"""Convolution whose output channels see one input channel each.

With groups of one input channel the products have an inner length of K, which is no
work for BLAS, and adding up tap by tap takes two passes for each. So ROWS rows of y are
made at once, along the first spatial axis, from all the rows of x that they see::

    y[r, p] = sum_(q, k) band[r, q, k] x[q, p + k]
    band[r, r * stride + k0 * dilation, k] = weight[k0, k]

The band is mostly zeros, but its product takes half the time of the taps. Weights are
(G, M, 1, *K), for M output channels of each of G inputs.
"""

import numpy as np

from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    cropped,
    write_back,
)
from nnmods.kernels.layout import padded as with_border
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.windows import windows

#: Rows of y in a product: 4 and 16 take a tenth longer with 3 x 3 taps.
ROWS = 8
# Of what the rows of some channels see: it stays in the second-level cache.
BLOCK_BYTES = 1 << 20


def forward(x, weight, bias, stride, padding, dilation, out, finish=None):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    with scratch() as work:
        rows = _Rows(x, weight.shape, stride, padding, dilation, out, out.dtype, work)
        y = batch_last_out(out, work, "y")
        by_row = y.reshape(*weight.shape[:2], y.shape[1], -1)
        band = rows.band(weight, work)
        offsets = None if bias is None else bias[..., None, None]

        def task(channels, place, seen):
            for m in range(weight.shape[1]):
                target = by_row[channels, m, place]
                np.matmul(band[channels, m, : target.shape[1]], seen, out=target)
                if offsets is not None:
                    np.add(target, offsets[channels, m], out=target)
                if finish is not None:
                    finish(target)

        rows.in_blocks(task, work)
        write_back(y, out)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``."""
    with scratch() as work:
        rows = _Rows(x, out.shape, stride, padding, dilation, dC_dy, out.dtype, work)
        slopes = batch_last(dC_dy, work, "dC_dy", out.dtype)
        slopes = slopes.reshape(*out.shape[:2], slopes.shape[1], -1)
        shape = (*out.shape[:2], rows.number, rows.taps)
        total = work("total", shape, out.dtype, fill=0)
        term = work("term", shape, out.dtype)

        def task(channels, place, seen):
            for m in range(out.shape[1]):
                slope = slopes[channels, m, place]
                part = term[channels, m, : slope.shape[1]]
                np.matmul(slope, seen.swapaxes(1, 2), out=part)
                sums = total[channels, m, : slope.shape[1]]
                np.add(sums, part, out=sums)

        rows.in_blocks(task, work)
        rows.sum_of_band(total, out)


class _Rows:
    """How the rows of y, (G, M, O0, the rest), come from those of x."""

    def __init__(self, x, weight_shape, stride, padding, dilation, y, dtype, work):
        count, kernel = y.shape[2:], weight_shape[3:]
        self.number = R = max(1, min(ROWS, count[0]))
        self.starts = range(0, count[0], R)
        self.stride, self.dilation = stride[0], dilation[0]
        self.kernel = kernel
        seen = (R - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1
        x, ((before, after), *others) = cropped(x, padding)
        whole = (len(self.starts) - 1) * R * stride[0] + seen
        after = max(after, whole - x.shape[2] - before)  # for a last block of few rows
        image = with_border(x, ((before, after), *others), work, "x", 0, dtype)
        self.view = windows(
            image,
            (seen, *kernel[1:]),
            (R * stride[0], *stride[1:]),
            (1, *dilation[1:]),
            (len(self.starts), *count[1:]),
        )
        self.taps = int(np.prod(self.view.shape[1 : len(count) + 1]))
        self.shape = weight_shape[:2], seen

    def band(self, weight, work):
        """Return (G, M, R, taps)."""
        lead, seen = self.shape
        shape = (*lead, self.number, seen, *self.kernel[1:])
        band = work("band", shape, self.view.dtype, fill=0)
        for r, k, row in self._diagonals():
            band[:, :, r, row] = weight[:, :, 0, k]
        return band.reshape(*lead, self.number, self.taps)

    def sum_of_band(self, total, out):
        """Write what (G, M, R, taps) has along the band to ``out``."""
        lead, seen = self.shape
        total = total.reshape(*lead, self.number, seen, *self.kernel[1:])
        out[...] = 0
        for r, k, row in self._diagonals():
            out[:, :, 0, k] += total[:, :, r, row]

    def _diagonals(self):
        for r in range(self.number):
            for k in range(self.kernel[0]):
                yield r, k, r * self.stride + k * self.dilation

    def in_blocks(self, task, work):
        """Call ``task(channels, rows of y, what they see)``; lanes share channels."""
        view = self.view
        G = len(view)
        lanes = min(lanes_for(bytes_moved=2 * view.nbytes // ROWS * 4), max(1, G))
        axes = view.ndim // 2
        one = int(np.prod(view.shape[1:axes])) * int(np.prod(view.shape[axes + 1 :]))
        step = max(1, min(G, BLOCK_BYTES // max(1, one * view.itemsize)))
        memory = [work(("seen", i), (step * one,), view.dtype) for i in range(lanes)]

        def lane_task(lane):
            mine = share(G, lanes, lane)
            for first in range(mine.start, mine.stop, step):
                channels = slice(first, min(first + step, mine.stop))
                for block, start in enumerate(self.starts):
                    part = view[(channels, *(slice(None),) * (axes - 1), block)]
                    seen = memory[lane][: part.size].reshape(part.shape)
                    np.copyto(seen, part)
                    seen = seen.reshape(len(part), self.taps, -1)
                    task(channels, slice(start, start + self.number), seen)

        in_lanes(lane_task, lanes)
