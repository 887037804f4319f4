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

V and M lie in memory as (channels, T, columns), for a chunk of tiles: the products read
and write matrices whose rows are far apart. Between channels a cache line is left out,
or all rows would fall into the same few lines of the first-level cache.
"""

from math import prod

import numpy as np

from nnmods.kernels.columns import cut
from nnmods.kernels.layout import batch_last_out, copy, write_back
from nnmods.kernels.scratch import scratch
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.kernels.winograd_tiles import Tiles
from nnmods.kernels.winograd_transforms import transforms

# Columns of a chunk of the forward chain: V and M of 64 channels, 1.2 MB each, are
# still near when they are wanted. Half and twice as many cost about a tenth more.
COLUMNS = 128
# For the gradient of the weight they are what is summed over: with fewer, adding up dU
# takes longer than the products.
SUMMED = 256
# Numbers of a cache line, in float32.
LINE = 16
# Entries of the tiles that are taken from the image at a time, to be transformed.
TAKEN = 1 << 16


def forward(x, weight, bias, stride, padding, dilation, out):
    """Write the convolution of ``x`` to ``out``; padding may be negative."""
    Co, Ci = weight.shape[:2]
    with scratch() as work:
        tiles = Tiles(weight.shape[2:], dilation, out.shape)
        A, G, B = transforms(tiles.outputs, tiles.taps, out.dtype)
        T, lanes = len(B), lanes_for(products=len(B) * Co * Ci * prod(tiles.count))
        one = (A == 1).all(axis=0).argmax()
        U = _transformed(weight, G, work)
        images = tiles.inputs_of(x, padding, out.dtype, work)
        y = batch_last_out(out, work, "y")
        whole, places = tiles.outputs_of(y, work)
        chunks = cut(tiles.count, COLUMNS, lanes, tiles.leading)
        P = chunks[0][0].stop
        rows = {"V": Ci * (T * P + LINE), "M": Co * (T * P + LINE)}
        memory = [_lane(work, lane, rows, T, P, out.dtype) for lane in range(lanes)]

        def task(lane):
            d, V, M = memory[lane]
            for columns, index in chunks[share(len(chunks), lanes, lane)]:
                P = columns.stop - columns.start
                V_, M_ = _matrices(V, Ci, T, P), _matrices(M, Co, T, P)
                _transform(B, images, index, d, V_)
                np.matmul(U, V_.swapaxes(0, 1), out=M_.swapaxes(0, 1))
                if bias is not None:
                    np.add(M_[:, one], bias[:, None], out=M_[:, one])
                _put(A, M_, d, places, index)

        in_lanes(task, lanes)
        if whole is not y:
            copy(y, whole[tiles.inside])
        write_back(y, out)


def weight_grad(x, dC_dy, stride, padding, dilation, out):
    """Write dC_dweight to ``out``: each lane for some of the entries of a tile."""
    Co, Ci = out.shape[:2]
    with scratch() as work:
        tiles = Tiles(out.shape[2:], dilation, dC_dy.shape)
        A, G, B = transforms(tiles.outputs, tiles.taps, out.dtype)
        T, lanes = len(B), lanes_for(products=len(B) * Co * Ci * prod(tiles.count))
        images = tiles.inputs_of(x, padding, out.dtype, work)
        slopes = tiles.slopes_of(dC_dy, out.dtype, work)
        dU = work("dU", (T, Co, Ci), out.dtype)
        chunks = cut(tiles.count, SUMMED, 1, tiles.leading)
        P = chunks[0][0].stop
        most = -(-T // lanes)
        rows = {"V": Ci * (most * P + LINE), "M": Co * (most * P + LINE)}
        memory = [_lane(work, lane, rows, T, P, out.dtype) for lane in range(lanes)]
        further = len(chunks) > 1
        terms = [
            work(("dU", i), (most * further, Co, Ci), out.dtype) for i in range(lanes)
        ]

        def task(lane):
            d, V, dM = memory[lane]
            mine = share(T, lanes, lane)
            total = dU[mine]
            term = terms[lane][: len(total)]
            At, Bt = A.T[mine], B[mine]
            for columns, index in chunks:
                P = columns.stop - columns.start
                V_ = _matrices(V, Ci, len(total), P)
                dM_ = _matrices(dM, Co, len(total), P)
                _transform(Bt, images, index, d, V_)
                _transform(At, slopes, index, d, dM_)
                target = term if columns.start else total
                by_entry = V_.transpose(1, 2, 0)
                np.matmul(dM_.swapaxes(0, 1), by_entry, out=target)
                if columns.start:
                    np.add(total, term, out=total)

        in_lanes(task, lanes)
        dw = work("dw", (G.shape[1], Co * Ci), out.dtype)
        np.matmul(G.T, dU.reshape(T, -1), out=dw)
        np.copyto(out.reshape(Co, Ci, -1), dw.reshape(-1, Co, Ci).transpose(1, 2, 0))


def _transformed(weight, G, work):
    """Return U (T, Co, Ci)."""
    Co, Ci = weight.shape[:2]
    w = work("w", (G.shape[1], Co, Ci), G.dtype)
    np.copyto(w, weight.reshape(Co, Ci, -1).transpose(2, 0, 1))
    U = work("U", (len(G), Co, Ci), G.dtype)
    np.matmul(G, w.reshape(len(w), -1), out=U.reshape(len(G), -1))
    return U


def _some(entries, columns):
    """Return the number of channels whose tiles are taken at a time."""
    return max(1, TAKEN // max(1, entries * columns))


def _lane(work, lane, rows, entries, columns, dtype):
    """Return scratch of one lane: for tiles that are taken, and for so many rows."""
    taken = work(("taken", lane), (max(TAKEN, entries * columns),), dtype)
    rest = [work((name, lane), (n,), dtype) for name, n in rows.items()]
    return taken, *rest


def _matrices(memory, channels, entries, columns):
    """Return (channels, entries, columns), a cache line more than that apart."""
    length = entries * columns
    matrices = memory[: channels * (length + LINE)].reshape(channels, length + LINE)
    return matrices[:, :length].reshape(channels, entries, columns)


def _transform(matrix, tiles, index, memory, out):
    """Write ``matrix`` times the tiles of a chunk to ``out`` (C, entries, columns)."""
    entries, columns = matrix.shape[1], out.shape[2]
    some = _some(entries, columns)
    for first in range(0, len(out), some):
        part = tiles[first : first + some][index]
        taken = memory[: part.size].reshape(part.shape)
        np.copyto(taken, part)
        taken = taken.reshape(len(part), entries, columns)
        np.matmul(matrix, taken, out=out[first : first + some])


def _put(A, M, memory, places, index):
    """Write the outputs A M of a chunk to their places."""
    some = _some(len(A), M.shape[2])
    for first in range(0, len(M), some):
        part = places[first : first + some][index]
        made = memory[: part.size].reshape(len(part), len(A), M.shape[2])
        np.matmul(A, M[first : first + some], out=made)
        np.copyto(part, made.reshape(part.shape))
