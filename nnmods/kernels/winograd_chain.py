"""The transforms of Winograd's tiles, one axis after the other.

A matrix of one axis is applied to what lies along that axis, so that each number takes
a product of 6 terms for each axis, where the matrix of both has 36. Products are with
long runs of memory: rows of the image along the first axis, and along the second what
lies at one place of all tiles, which is copied together. Products with the images of
one place as they lie save that copy, but they are so short that OpenBLAS spends its
time on locks, and two lanes take as long as one, unless it has kernels for them: with
these a forward pass of 64 channels takes a tenth less so, and without twice as long.
"""

import numpy as np

from nnmods.kernels import blas
from nnmods.kernels.copies import turn


def inputs(matrices, x, axes, chunk, out, work):
    """Write the transformed inputs of a chunk of ``x`` to ``out``.

    Parameters
    ----------
    matrices : pair of ndarray, shapes (S, k) and (T, l)
    x : ndarray, shape (C, H, W, N)
    axes, chunk, work
    out : ndarray, shape (S, T, C, P)
        P are the columns of the chunk.
    """
    second = axes[1]
    J, K, n = chunk.shape
    rows = _rows(matrices[0], x, axes, chunk, work)
    a, c, s, w, i = rows.strides
    tiles = np.ndarray(  # (J, S, C, K, l, n), which overlap
        (J, rows.shape[2], len(x), K, second.entries, n),
        x.dtype,
        rows,
        strides=(a, s, c, second.outputs * w, w, i),
    )
    out = out.reshape(*out.shape[:3], J, K, n)
    if blas.likes_small():
        np.matmul(matrices[1], tiles, out=out.transpose(3, 0, 2, 4, 1, 5))
        return
    by_tile = out.reshape(*out.shape[:4], K * n).transpose(0, 3, 2, 1, 4)
    for s, target in enumerate(by_tile):
        _along(matrices[1], tiles[:, s], target, work)


def _rows(matrix, x, axes, chunk, work):
    """Return the rows of a chunk, transformed along the first axis: (J, C, S, L, n)."""
    first, second = axes
    J, K, n = chunk.shape
    length = (K - 1) * second.outputs + second.entries
    rows = work("rows", (J, len(x), len(matrix), length, n), x.dtype)
    inside, places = second.read(chunk.start, K)
    rows[..., : inside.start, :] = 0
    rows[..., inside.stop :, :] = 0
    for row, j in zip(rows, chunk.rows, strict=True):
        taps, lines = first.read(j)
        part = x[:, lines, places, chunk.images]
        _down(matrix[:, taps], part, row[:, :, inside])
    return rows


def outputs(matrices, M, y, axes, chunk, work, finish=None):
    """Write what the products ``M`` (C, S, T, P) make of a chunk to ``y`` (C, H, W, N).

    The matrices are (h, S) and (w, T), for h times w outputs of a tile. ``finish``
    writes over each part of ``y`` that is done.
    """
    first, second = axes
    C, S, T, P = M.shape
    h, w = (len(matrix) for matrix in matrices)
    made = M
    if S > 1:
        made = work("made", (C, h, T, P), M.dtype)
        np.matmul(matrices[0], M.reshape(C, S, T * P), out=made.reshape(C, h, T * P))
    J, K, n = chunk.shape
    made = made.reshape(C, h, -1, J, K * n)
    aside = work("outputs", (C, h, w, J, K * n), M.dtype)
    places = second.written(chunk.start, K)
    for run in chunk.runs:
        target = y[:, run.written, places, chunk.images]
        lines, wide = target.shape[1] // run.tiles, target.shape[2]
        some = aside[:, :lines, :, run.rows]
        _times(
            matrices[1],
            made[:, :lines, :, run.rows].reshape(C, lines, -1, run.tiles * K * n),
            some.reshape(C, lines, w, -1),
        )
        some = some.reshape(C, lines, w, run.tiles, K, n)
        whole, rest = divmod(wide, w)
        split = target[:, :, : whole * w].reshape(C, run.tiles, lines, whole, w, n)
        np.copyto(split, some[..., :whole, :].transpose(0, 3, 1, 4, 2, 5))
        if rest:
            split = target[:, :, whole * w :].reshape(C, run.tiles, lines, rest, n)
            np.copyto(split, some[:, :, :rest, :, whole].transpose(0, 3, 1, 2, 4))
        if finish is not None:
            finish(target)


def slopes(matrices, dC_dy, axes, chunk, out, work):
    """Write the transformed slopes of a chunk of ``dC_dy`` (C, H, W, N) to ``out``.

    The matrices are (S, h) and (T, w), and ``out`` is (S, T, P, C): channels are the
    fastest axis, as the right operand of a product that sums over columns has to lie.
    """
    first, second = axes
    (J, K, n), C, dtype = chunk.shape, len(dC_dy), dC_dy.dtype
    S, h = matrices[0].shape
    length = K * second.outputs
    rows = work("slopes", (J, S, length, n * C), dtype)
    turned = work("turned", (h, length, n, C), dtype)
    places = second.written(chunk.start, K)
    for row, j in zip(rows, chunk.rows, strict=True):
        part = dC_dy[:, first.written(j), places, chunk.images]
        _, lines, wide, _ = part.shape
        turn(part, turned[:lines, :wide])
        turned[:lines, wide:] = 0
        below = turned[:lines].reshape(lines, length, n * C)
        _times(matrices[0][:, :lines], below.swapaxes(0, 1), row.swapaxes(0, 1))
    tiles = rows.reshape(J, S, K, second.outputs, n * C)
    by_tile = out.reshape(*out.shape[:2], J, K, n * C).transpose(2, 0, 3, 1, 4)
    np.matmul(matrices[1], tiles, out=by_tile)


def _down(matrix, x, out):
    """Write the product along axis 1 of ``x`` (C, k, L, n) to ``out`` (C, S, L, n)."""
    size = x.shape[-1] * x.itemsize
    if x.strides[2:] == (size, x.itemsize):
        x, out = (a.reshape(*a.shape[:2], -1) for a in (x, out))
        _times(matrix, x, out)
    else:
        _times(matrix, x.swapaxes(1, 2), out.swapaxes(1, 2))


def _along(matrix, tiles, out, work):
    """Write the product along axis 3 of ``tiles`` to ``out``.

    They are (J, C, K, entries, n), and ``out`` (J, C, T, K * n).
    """
    J, C, K, entries, n = tiles.shape
    if matrix.shape == (1, 1):
        np.copyto(out.reshape(J, C, K, n), tiles[:, :, :, 0])
        return
    spread = work("tiles", (J, C, entries, K, n), tiles.dtype)
    np.copyto(spread, tiles.swapaxes(2, 3))
    np.matmul(matrix, spread.reshape(J, C, entries, K * n), out=out)


def _times(matrix, x, out):
    """Write the product to ``out``; the matrix of an axis with one tap is a 1."""
    if matrix.shape == (1, 1):
        np.copyto(out, x)
    else:
        np.matmul(matrix, x, out=out)
