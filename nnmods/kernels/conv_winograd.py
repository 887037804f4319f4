"""Convolution of stride 1 by Winograd's tiles, a chain of linear maps.

With the matrices A, G and B of `nnmods.kernels.winograd_transforms`, tiles d of the
image that overlap, and one product for each of the T entries t of a tile::

    V[i, t]    = sum_s B[t, s] d[i, s]           tiles of the image, transformed
    U[t, c, i] = sum_k G[t, k] weight[c, i, k]
    M[c, t]    = sum_i U[t, c, i] V[i, t]        T products of matrices
    y[c, m]    = sum_t A[m, t] M[c, t]

The bias is added to M for the t whose A[m, t] are all 1: that of the point 1.

For the gradient of the weight the chain is gone back::

    dM[c, t]            = sum_m A[m, t] dC_dy[c, m]
    dU[t, c, i]         = sum_(tiles) dM[c, t] V[i, t]
    dC_dweight[c, i, k] = sum_t G[t, k] dU[t, c, i]

F(4x4, 3x3) takes 36 products where the definition takes 144. Numbers grow and cancel
on the way: the error, relative to the largest entry, is about 1e-5 in float32 and
1e-14 in float64, ten times that of the definition. An infinite entry spoils its tile.

V lies in memory as (T, channels, columns) and M as (channels, T, columns), for a chunk
of tiles. What a product reads again and again is in one piece so; what it writes but
once may lie apart, a cache line more than a power of two.
"""

from math import prod

import numpy as np

from nnmods.kernels import winograd_chain as chain
from nnmods.kernels.columns import unpacked_products, wide_product
from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    pairs,
    write_back,
)
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.winograd_tiles import chunks_of, two_axes
from nnmods.kernels.winograd_transforms import LINE, apart, matrices, transformed

# Columns of a chunk with 64 channels and PLANE entries of a tile: half and twice as
# many take a tenth longer. With more channels they are fewer, down to LEAST, as V and M
# would be a large part of what a network takes, and with fewer channels, or fewer
# entries, more. The gradient of the weight sums over columns, and adds up dU for each
# chunk.
LEAST, COLUMNS, MOST, PLANE = 64, 256, 1024, 36
# Entries of dU that are added at a time.
NEAR = 1 << 18
# Multiplications that take as long as the transforms of an entry of V or M.
PER_ENTRY = 80


def forward(x, weight, bias, stride, padding, dilation, out, finish=None):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    Co, Ci = weight.shape[:2]
    with scratch() as work:
        y = batch_last_out(out, work, "y")
        x = batch_last(x, work, "x", out.dtype)
        axes, planes = _planes(x, y, weight.shape[2:], padding, dilation)
        (A, B), one, G = matrices(axes, out.dtype)
        U = transformed(weight, G, work)
        parts, lanes = _parts(planes, axes, U.shape)

        def task(lane):
            for x_plane, y_plane, chunk in parts[share(len(parts), lanes, lane)]:
                with scratch() as work:
                    V = _inputs(B, x_plane, axes, chunk, work)
                    T, _, P = V.shape
                    M = work("M", (Co, T * P + LINE), out.dtype)[:, : T * P]
                    M = M.reshape(Co, T, P)
                    unpacked_products(U, V, M.swapaxes(0, 1))
                    if bias is not None:
                        np.add(M[:, one], bias[:, None], out=M[:, one])
                    M = M.reshape(Co, len(B[0]), len(B[1]), P)
                    chain.outputs(A, M, y_plane, axes, chunk, work, finish)

        in_lanes(task, lanes)
        for x_plane, y_plane in planes:
            if x_plane is None:
                y_plane[...] = 0 if bias is None else bias[:, None, None, None]
                if finish is not None:
                    finish(y_plane)
        write_back(y, out)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``: each lane adds up that of some chunks."""
    Co, Ci = out.shape[:2]
    with scratch() as work:
        x = batch_last(x, work, "x", out.dtype)
        dy = batch_last(dC_dy, work, "dC_dy", out.dtype)
        axes, planes = _planes(x, dy, out.shape[2:], padding, dilation)
        (A, B), _, G = matrices(axes, out.dtype)
        At = [matrix.T for matrix in A]
        parts, lanes = _parts(planes, axes, (len(G), Co, Ci))
        sums = [work(("dU", i), (len(G), Ci, Co), out.dtype) for i in range(lanes)]

        def task(lane):
            total, fresh = sums[lane], True
            for x_plane, dy_plane, chunk in parts[share(len(parts), lanes, lane)]:
                with scratch() as work:
                    V = _inputs(B, x_plane, axes, chunk, work)
                    T, _, P = V.shape
                    dM = work("dM", (len(B[0]), len(B[1]), P, Co), out.dtype)
                    with scratch() as steps:
                        chain.slopes(At, dy_plane, axes, chunk, dM, steps)
                    if fresh:
                        unpacked_products(V, dM.reshape(T, P, Co), total)
                    else:
                        _add_products(V, dM.reshape(T, P, Co), total, work)
                    fresh = False
            if fresh:  # no chunk for this lane
                total.fill(0)

        in_lanes(task, lanes)
        for term in sums[1:]:
            np.add(sums[0], term, out=sums[0])
        dw = apart(work, "dw", G.shape[1], Ci * Co, G.dtype)
        wide_product(G.T, sums[0].reshape(len(G), -1), dw)
        dw = dw.reshape(-1, Ci, Co).transpose(2, 1, 0)
        np.copyto(out, dw.reshape(out.shape))


def _add_products(a, b, total, work):
    """Add products of stacks of matrices to ``total``, by as many as stay near."""
    step = max(1, NEAR // total[0].size)
    for first in range(0, len(total), step):
        some = slice(first, first + step)
        term = work("term", total[some].shape, total.dtype)
        unpacked_products(a[some], b[some], term)
        np.add(total[some], term, out=total[some])


def _planes(x, y, kernel, padding, dilation):
    """Return the axes that tiles are cut along, and pairs of planes of x and y.

    That of x is None where it is padding.
    """
    sizes = x.shape[1:-1], y.shape[1:-1]
    axes, planes = two_axes(*sizes, kernel, pairs(padding), dilation)
    return axes, [(None if at is None else x[at], y[to]) for at, to in planes]


def _parts(planes, axes, shape):
    """Return all chunks of the planes that hold something, and the number of lanes.

    The shape is that of U, (T, Co, Ci).
    """
    T, Co, Ci = shape
    planes = [pair for pair in planes if pair[0] is not None]
    N = planes[0][0].shape[-1] if planes else 0
    each = prod(-(-axis.n_out // axis.outputs) for axis in axes) * N
    products = T * (Co * Ci + PER_ENTRY * (Co + Ci)) * each * len(planes)
    lanes = lanes_for(products=products)
    most = max(LEAST, min(MOST, COLUMNS * 64 // max(Co, Ci, 1)))
    most = most * PLANE // min(T, PLANE)
    chunks = chunks_of(axes, N, most, lanes)
    return [(x, y, chunk) for x, y in planes for chunk in chunks], lanes


def _inputs(B, x, axes, chunk, work):
    """Return V (T, Ci, P) of a chunk."""
    P, C = chunk.columns, len(x)
    room = P + -P % LINE  # rows begin on cache lines
    S, T = len(B[0]), len(B[1])
    V = work("V", (S, T, C * room + LINE), x.dtype)[..., : C * room]
    V = V.reshape(S, T, C, room)[..., :P]
    with scratch() as steps:
        chain.inputs(B, x, axes, chunk, V, steps)
    return V.reshape(S * T, C, P)
