"""The gradient of a convolution's input, as products added to its windows.

The products sum over output channels and taps of the first axis, in a lowered dC_dy:
row r of dC_dx takes what rows r - Kh + 1 to r of dC_dy give. What is left to be added
is one term for each tap of the other axes.
"""

from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from nnmods.kernels.blocks import quiet_rows
from nnmods.kernels.columns import cut, parts_of
from nnmods.kernels.conv_chunks import columns_for, rows_for
from nnmods.kernels.conv_rows import geometry_of
from nnmods.kernels.layout import batch_last, rolled
from nnmods.kernels.lowered import stacked
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share

ROWS = (slice(None),) * 3  # groups, rows and channels


class _Part(NamedTuple):
    """Rows of dC_dx that take the same taps of rows of dC_dy."""

    image: slice
    slopes: np.ndarray  # (G, Co, rows, positions)
    matrix: np.ndarray  # (G, 1, L * Ci, Kh * Co)
    taps: int


def scatter(dC_dy, weight, stride, padding, dilation, out):
    """Write dC_dx to ``out``: arguments are those of a convolution.

    Windows overlap, but not the windows of one tap, nor rows. So lanes share rows;
    where there is but one row, each has an image of its own, and these are added up.
    """
    with scratch() as work:
        geometry = _geometry(weight.shape, stride, dilation, dC_dy.shape)
        size = [n + sum(p) for n, p in zip(out.shape[2:], padding, strict=True)]
        shape = out.shape[1], *size, out.shape[0]
        slopes = batch_last(dC_dy, work, "dC_dy", out.dtype)
        lanes = lanes_for(products=weight.size * slopes[0].size)
        images = [
            work(("dC_dx", i), shape, out.dtype, fill=0)
            for i in range(lanes if geometry.one_row else 1)
        ]
        views = [geometry.seen(image) for image in images]
        parts = _parts(geometry, weight, geometry.rows_of(slopes), work)
        jobs = _jobs(geometry, parts, views[0].shape, out.itemsize, lanes)

        def task(lane):
            view = views[lane % len(views)]
            for job in jobs[share(len(jobs), lanes, lane)]:
                with scratch() as work:
                    _add(geometry, *job, view, work)

        with quiet_rows(images[0].size):
            in_lanes(task, lanes)
        for image in images[1:]:
            np.add(images[0], image, out=images[0])
        inside = [
            slice(before, before + n)
            for n, (before, _) in zip(out.shape[2:], padding, strict=True)
        ]
        np.copyto(rolled(out), images[0][(slice(None), *inside)])


def _geometry(weight, stride, dilation, dC_dy):
    """Return the geometry, by row if to copy dC_dy takes less than to add taps."""
    geometry = geometry_of(weight, stride, dilation, dC_dy)
    taps = geometry.taps * geometry.row_taps
    Co, Ci = weight[geometry.grouped :][:2]
    if Co + geometry.row_taps * Ci < taps * Ci:
        return geometry
    return geometry_of(weight, stride, dilation, dC_dy, by_row=False)


def _parts(geometry, weight, slopes, work):
    """Return the parts that rows of dC_dx come in: by stride, or by dilation."""
    weight = geometry.by_axes(weight)
    s, d = geometry.stride[0], geometry.dilation[0]
    parts = []
    for p in range(max(s, d)):  # one of them is 1
        rows = slopes[:, :, p::d] if d > 1 else slopes
        some = weight[:, :, p::s] if s > 1 else weight
        if not some.shape[2] or not rows.size:
            continue
        # Taps of the other axes come first, and those of the first one backwards.
        some = some[:, :, ::-1].transpose(0, *range(4, some.ndim), 3, 2, 1)
        matrix = work(("weight", p), some.shape, slopes.dtype)
        np.copyto(matrix, some)
        G, *lines, taps, Co = some.shape
        matrix = matrix.reshape(G, 1, prod(lines), taps * Co)
        parts.append(_Part(slice(p, None, max(s, d)), rows, matrix, taps))
    return parts


def _jobs(geometry, parts, shape, itemsize, lanes):
    """Return work for lanes: a part, rows of it, and columns, one after the other."""
    G, H, Ci, *_ = shape
    jobs = []
    for part in parts:
        Co, length = part.slopes.shape[1:3]
        lines = geometry.row_taps * Ci + (Co if part.taps > 1 else 0)
        column = G * lines * itemsize
        of_row, of_rows = (lanes, 1) if geometry.one_row else (1, lanes)
        pieces = cut(geometry.row, columns_for(column), of_row)
        rows = min(length + part.taps - 1, len(range(H)[part.image]))
        most = rows_for(column * pieces[0][0].stop, part.taps)
        for some in parts_of(rows, min(most, rows // lanes), of_rows):
            if geometry.one_row:
                jobs += [(part, some, [piece]) for piece in pieces]
            else:
                jobs.append((part, some, pieces))
    return jobs


def _add(geometry, part, rows, pieces, view, work):
    """Add what comes to some rows of dC_dx, in ``view`` (G, H, Ci, *taps, *O, N)."""
    (G, Co, length, _), taps = part.slopes.shape, part.taps
    n, Ci = rows.stop - rows.start, view.shape[2]
    first = rows.start - taps + 1
    low, high = max(first, 0), min(rows.stop, length)
    target = view[:, part.image][:, rows]
    for columns, index in pieces:
        width = columns.stop - columns.start
        matrices = part.slopes[:, :, low:high, columns].swapaxes(1, 2)
        if taps > 1:
            slopes = work("slopes", (G, n + taps - 1, Co, width), view.dtype)
            slopes[:, : low - first] = 0
            np.copyto(slopes[:, low - first : high - first], matrices)
            slopes[:, high - first :] = 0
            matrices = stacked(slopes, n, taps)
        made = work("terms", (G, n, geometry.row_taps * Ci, width), view.dtype)
        np.matmul(part.matrix, matrices, out=made)
        for i, tap in enumerate(product(*map(range, geometry.kernel[1:]))):
            place = target[(*ROWS, *tap, *index)]
            if not i:
                terms = made.reshape(G, n, geometry.row_taps, *place.shape[2:])
            np.add(place, terms[:, :, i], out=place)
