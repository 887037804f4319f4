"""Convolution as products with the columns of the image, in lanes of chunks.

The columns ``col[(i, k), (o, n)] = x[n, i, p]`` are made for a chunk of positions at a
time, and each lane has chunks and scratch of its own. Arguments are those of
`nnmods.kernels.convolution`, for any number of groups.
"""

from itertools import product
from math import prod

import numpy as np

from nnmods.kernels.columns import (
    chunks_of,
    column_scratch,
    columns_in,
    lanes_of_products,
    plain,
    unpacked_products,
)
from nnmods.kernels.conv_bias import add_bias, beside_bias
from nnmods.kernels.copies import turn
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    cropped,
    padded,
    rolled,
    write_back,
)
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.windows import windows

#: Rows of columns from which on the gradient of the weight may be made transposed.
LEAST_TURNED = 64


def forward(x, weight, bias, stride, padding, dilation, out, finish=None):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    with scratch() as work:
        view = _view(x, weight.shape, stride, padding, dilation, out, out.dtype, work)
        y = batch_last_out(out, work, "y")
        y_rows = rows_of(y, weight)
        weight = plain(weight, out.dtype, work, "weight")
        weight = weight.reshape(*y_rows.shape[:-1], -1)
        ones = bias is not None and weight.ndim == 2 and not view.flags.c_contiguous
        bare = bias is not None and not ones
        if ones:
            weight = beside_bias(weight, bias, work)
        lanes = lanes_of_products(weight.size, y[0].size)
        chunks = chunks_of(view, lanes, len(y_rows))
        memory = [
            column_scratch(view, chunks, work, ("col", i), ones) for i in range(lanes)
        ]

        def task(lane):
            for columns, index in chunks[share(len(chunks), lanes, lane)]:
                col = columns_in(view, index, memory[lane], ones)
                part = y_rows[..., columns]
                np.matmul(weight, by_group(col, weight), out=part)
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
        view = _view(x, out.shape, stride, padding, dilation, dC_dy, out.dtype, work)
        dy_rows = rows_of(batch_last(dC_dy, work, "dC_dy", out.dtype), out)
        *lead, Co, _ = dy_rows.shape
        rows = out[(0,) * (dy_rows.ndim - 1)].size
        turned = not lead and rows >= max(LEAST_TURNED, 3 * Co)
        shape = (rows, Co) if turned else (*lead, Co, rows)
        lanes = lanes_of_products(prod(shape), dy_rows.shape[-1])
        chunks = chunks_of(view, lanes, len(dy_rows))
        memory = [column_scratch(view, chunks, work, ("col", i)) for i in range(lanes)]
        slopes = [
            column_scratch(view, chunks, work, ("dy", i), rows=Co * turned)
            for i in range(lanes)
        ]
        totals = [work(("total", i), shape, out.dtype) for i in range(lanes)]
        terms = [work(("term", i), shape, out.dtype) for i in range(lanes)]

        def task(lane):
            total = target = totals[lane]
            for columns, index in chunks[share(len(chunks), lanes, lane)]:
                col = columns_in(view, index, memory[lane])
                part = dy_rows[..., columns]
                if turned:
                    slope = slopes[lane][: part.size].reshape(-1, Co)
                    unpacked_products(col, turn(part, slope), target)
                else:
                    col = by_group(col, total).swapaxes(-1, -2)
                    np.matmul(part, col, out=target)
                if target is not total:
                    np.add(total, target, out=total)
                target = terms[lane]
            if target is total:  # no chunk for this lane
                total.fill(0)

        in_lanes(task, lanes)
        for total in totals[1:]:
            np.add(totals[0], total, out=totals[0])
        total = totals[0].T if turned else totals[0]
        np.copyto(out, total.reshape(out.shape))


def scatter(dC_dy, weight, stride, padding, dilation, out):
    """Write dC_dx to ``out``: products added to the windows of it, tap by tap.

    Windows overlap, but those of one tap do not. The sum is made in scratch: a ufunc on
    strided arrays would copy them too, to buffers that it allocates for each call.
    Lanes have images of their own, which are added up.
    """
    with scratch() as work:
        kernel, dtype = weight.shape[2 - out.ndim :], out.dtype
        size = out.shape[2:]
        shape = tuple(n + sum(p) for n, p in zip(size, padding, strict=True))
        shape = (out.shape[1], *shape, out.shape[0])
        dy_rows = rows_of(batch_last(dC_dy, work, "dC_dy", dtype), weight)
        lanes = lanes_for(products=weight.size * dy_rows.shape[-1])
        images = [work(("dC_dx", i), shape, dtype, fill=0) for i in range(lanes)]
        geometry = kernel, stride, dilation, dC_dy.shape[2:]
        views = [windows(image, *geometry) for image in images]
        taps = [(slice(None), *tap) for tap in product(*map(range, kernel))]
        *lead, channels = weight.shape[: -len(kernel)]
        # One tap after the other, (*K, Ci) for each output channel.
        by_tap = np.moveaxis(weight, -len(kernel) - 1, -1)
        by_tap = plain(by_tap, dtype, work, "weight by tap")
        by_tap = by_tap.reshape(*lead, len(taps) * channels).swapaxes(-1, -2)
        chunks = chunks_of(views[0], lanes)
        memory = [
            column_scratch(views[0], chunks, work, ("c", i)) for i in range(lanes)
        ]
        sums = [
            column_scratch(views[0], chunks, work, ("s", i), rows=len(views[0]))
            for i in range(lanes)
        ]

        def task(lane):
            for columns, index in chunks[share(len(chunks), lanes, lane)]:
                target = views[lane][index]
                col = memory[lane][: target.size].reshape(*by_tap.shape[:-1], -1)
                np.matmul(by_tap, dy_rows[..., columns], out=col)
                terms = col.reshape(*lead[:-1], len(taps), channels, -1)
                terms = terms.swapaxes(0, -3)  # taps first, then groups if any
                total = sums[lane][: target.size // len(taps)]
                total = total.reshape(target[taps[0]].shape)
                by_channel = total.reshape(terms.shape[1:])
                for tap, term in zip(taps, terms, strict=True):
                    np.copyto(total, target[tap])
                    np.add(by_channel, term, out=by_channel)
                    np.copyto(target[tap], total)

        in_lanes(task, lanes)
        for image in images[1:]:
            np.add(images[0], image, out=images[0])
        inside = [
            slice(before, before + n)
            for n, (before, _) in zip(size, padding, strict=True)
        ]
        np.copyto(rolled(out), images[0][(slice(None), *inside)])


def rows_of(y, weight):
    """Return y (Co, *O, N) as (Co, columns), or (G, Co / G, columns) with groups."""
    lead = weight.shape[: weight.ndim - y.ndim + 1]
    return y.reshape(*lead, prod(y.shape[1:]))


def by_group(col, matrix):
    """Return columns (Ci * K, P) as (G, Ci * K / G, P), if ``matrix`` has groups."""
    if matrix.ndim == 2:
        return col
    return col.reshape(len(matrix), matrix.shape[-1], col.shape[-1])


def _view(x, weight_shape, stride, padding, dilation, y, dtype, work):
    """Return the windows of ``x`` for the positions of ``y``."""
    x, padding = cropped(x, padding)
    image = padded(x, padding, work, "x", 0, dtype)
    kernel = weight_shape[2 - x.ndim :]
    return windows(image, kernel, stride, dilation, y.shape[2:])
