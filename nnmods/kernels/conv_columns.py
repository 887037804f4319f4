"""Convolution as products with a lowered image, in lanes of chunks.

A chunk is some rows of the output and some columns of each; every lane has chunks and
scratch of its own. Arguments are those of `nnmods.kernels.convolution`, for any number
of groups.
"""

from math import prod

import numpy as np

from nnmods.kernels.columns import parts_of, unpacked_products
from nnmods.kernels.conv_bias import add_bias
from nnmods.kernels.conv_rows import geometry_of
from nnmods.kernels.copies import turn
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    cropped,
    padded,
    write_back,
)
from nnmods.kernels.lowered import Lowered
from nnmods.kernels.products import column_sums
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for

#: Taps of all channels from which on the gradient of the weight may be made transposed.
LEAST_TURNED = 64
#: Entries of products of rows that are made at a time, and added up: as many as stay
#: near the processor.
NEAR = 1 << 17


def forward(x, weight, bias, stride, padding, dilation, out, finish=None):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    with scratch() as work:
        geometry = geometry_of(weight.shape, stride, dilation, out.shape)
        y = batch_last_out(out, work, "y")
        y_rows = geometry.rows_of(y)
        image = _image(x, padding, out.dtype, work)
        lanes = lanes_for(products=weight.size * y[0].size)
        lowered = Lowered(image, geometry, lanes, work, bias is not None)
        matrix = _matrix(weight, bias if lowered.ones else None, geometry, out, work)
        bare = bias is not None and not lowered.ones

        def task(lane):
            for chunk in lowered.share(lane):
                part = y_rows[chunk.target].swapaxes(1, 2)
                np.matmul(matrix, lowered.matrices(chunk, lane), out=part)
                if finish is not None and not bare:
                    finish(part)

        in_lanes(task, lanes)
        if bare:
            add_bias(y, bias, finish)
        write_back(y, out)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``.

    Where there are few output channels, it is made as its transpose, from a transposed
    part of dC_dy: that is the right operand then, as BLAS takes it without packing.
    """
    with scratch() as work:
        geometry = geometry_of(out.shape, stride, dilation, dC_dy.shape)
        dy_rows = geometry.rows_of(batch_last(dC_dy, work, "dC_dy", out.dtype))
        image = _image(x, padding, out.dtype, work)
        lanes = lanes_for(products=out.size * dC_dy[:, 0].size)
        G, Co = dy_rows.shape[:2]
        lowered = Lowered(image, geometry, lanes, work)
        inner = geometry.taps * geometry.row_taps * lowered.view.shape[2]
        turned = not geometry.grouped and inner >= max(LEAST_TURNED, 3 * Co)
        shape = (inner, Co) if turned else (G, Co, inner)
        step = min(max(1, NEAR // prod(shape)), dy_rows.shape[2])
        # Of each lane the total, a sum to be added to it, and its terms.
        sums = work("sums", (lanes, 2 + step, *shape), out.dtype)

        def task(lane):
            fresh = True
            for chunk in lowered.share(lane):
                matrices = lowered.matrices(chunk, lane)
                part = dy_rows[chunk.target]
                with scratch() as work:
                    if turned:
                        lying = *part.shape[2:], part.shape[1]
                        slopes = turn(part[0], work("slopes", lying, part.dtype))
                    for some in parts_of(part.shape[2], step):
                        n = some.stop - some.start
                        here = 0 if fresh else 1
                        first = 2 if n > 1 else here
                        made = sums[lane, first : first + n]
                        if turned:
                            unpacked_products(matrices[0, some], slopes[some], made)
                        else:
                            matrix = matrices[:, some].swapaxes(2, 3)
                            rows = part[:, :, some].swapaxes(1, 2)
                            np.matmul(rows, matrix, out=made.swapaxes(0, 1))
                        if n > 1:
                            column_sums(
                                made.reshape(n, -1), sums[lane, here].reshape(-1)
                            )
                        if not fresh:
                            np.add(sums[lane, 0], sums[lane, 1], out=sums[lane, 0])
                        fresh = False
            if fresh:  # no chunk for this lane
                sums[lane, 0].fill(0)

        in_lanes(task, lanes)
        total = sums[0, 0]
        for term in sums[1:, 0]:
            np.add(total, term, out=total)
        target, total = geometry.by_axes(out), total.T if turned else total
        np.copyto(target, total.reshape(target.shape))


def _matrix(weight, bias, geometry, out, work):
    """Return a weight as (G, 1, Co, Kh * Ci * L), and a bias beside the first tap.

    The product with rows that end in a line of ones has the bias in it then: added to a
    part of y it would go through buffers that NumPy allocates for each call.
    """
    weight = geometry.by_axes(weight)
    G, Co, taps, *rest = weight.shape
    inner = prod(rest)
    if bias is None and weight.flags.c_contiguous and weight.dtype == out.dtype:
        return weight.reshape(G, 1, Co, taps * inner)
    height = inner + (bias is not None)
    both = work("weight", (G, Co, taps, height), out.dtype)
    np.copyto(both[..., :inner].reshape(weight.shape), weight)
    if bias is not None:
        both[..., inner] = 0
        both[0, :, 0, inner] = bias
    return both.reshape(G, 1, Co, taps * height)


def _image(x, padding, dtype, work):
    """Return ``x`` as (C, *S, N) with its border."""
    x, padding = cropped(x, padding)
    return padded(x, padding, work, "x", 0, dtype)
