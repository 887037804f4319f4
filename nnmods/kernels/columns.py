"""Columns of a convolution: the windows of an image as a matrix, a chunk at a time.

Everything here works on a ``view`` that `nnmods.kernels.windows.windows` gives, of
shape (C, *K, *O, N): its columns are the flat (o, n), its rows the flat (c, k).
"""

from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

# Columns of a chunk are written, multiplied and forgotten: they should not leave the
# second-level cache, which has 1 to 2 MB on the machines of today.
CHUNK_BYTES = 1 << 20
# Each product reads the whole weight: fewer columns would not be worth that.
MIN_COLUMNS = 256


def plain(array, dtype, work, name):
    """Return ``array`` in C order and of ``dtype``: itself, or a copy in scratch."""
    if array.flags.c_contiguous and array.dtype == dtype:
        return array
    copy = work(name, array.shape, dtype)
    np.copyto(copy, array)
    return copy


@lru_cache(maxsize=256)
def _chunks(shape, itemsize):
    """Cut the columns of windows (C, *K, *O, N) into pieces of about CHUNK_BYTES.

    Returns
    -------
    tuple of (slice, tuple)
        The range among all columns (o, n), and the index of the windows. No piece is
        larger than the first.
    """
    axes = len(shape) // 2  # C and K; then O and N
    rows, count = prod(shape[:axes]), shape[axes:]
    most = max(MIN_COLUMNS, CHUNK_BYTES // max(1, rows * itemsize))
    axis, inner = 0, prod(count[1:])  # cut along the first axis whose steps fit
    while inner > most:
        axis += 1
        inner //= count[axis]
    length = count[axis]
    pieces = -(-length // max(1, most // max(1, inner)))
    step = -(-length // max(1, pieces))
    chunks = []
    for number, outer in enumerate(np.ndindex(count[:axis])):
        for start in range(0, length, step):
            stop = min(start + step, length)
            first = number * length
            columns = slice((first + start) * inner, (first + stop) * inner)
            every = (slice(None),) * axes
            chunks.append((columns, (*every, *outer, slice(start, stop))))
    return tuple(chunks)


def _scratch(view, name, rows, work):
    """Return scratch (rows * columns,) for the largest chunk; all chunks share it."""
    columns, _ = _chunks(view.shape, view.itemsize)[0]
    return work(name, (rows * columns.stop,), view.dtype)


def columns_of(view, work, ones=False):
    """Yield, chunk by chunk, a range of columns and the matrix (Ci * K, range) of them.

    With ``ones``, a last row of ones is below it, for a bias beside the weight; but not
    where the image itself is the matrix, as it is for 1x1 kernels.
    """
    rows = prod(view.shape[: view.ndim // 2])
    if view.flags.c_contiguous:
        col = view.reshape(rows, -1)
        yield slice(0, col.shape[1]), col
        return
    memory = _scratch(view, "col", rows + 1, work)
    for columns, index in _chunks(view.shape, view.itemsize):
        part = view[index]
        np.copyto(memory[: part.size].reshape(part.shape), part)
        width = columns.stop - columns.start
        end = part.size + ones * width
        memory[part.size : end] = 1
        yield columns, memory[:end].reshape(rows + ones, width)


def scatter(weight, dy_rows, view, work):
    """Add ``weight.T @ dC_dy`` to the windows ``view`` of dC_dx, tap by tap.

    ``weight`` is (Co, Ci, *K) and ``dy_rows`` (Co, columns), or with groups of channels
    (G, Co / G, Ci / G, *K) and (G, Co / G, columns).

    Windows overlap, but those of one tap do not. The sum is made in scratch: a ufunc on
    strided arrays would copy them too, to buffers that it allocates for each call.
    """
    axes = view.ndim // 2 - 1
    lead, kernel = weight.shape[:-axes], weight.shape[-axes:]
    *groups, per_group, channels = lead
    by_tap = np.moveaxis(weight, -axes - 1, -1)  # (Co, *K, Ci): a tap in one piece
    by_tap = plain(by_tap, view.dtype, work, "weight by tap")
    by_tap = by_tap.reshape(*groups, per_group, -1).swapaxes(-1, -2)
    length = by_tap.shape[-2]
    memory = _scratch(view, "col", len(view) * prod(kernel) + 1, work)
    sums = _scratch(view, "sums", len(view), work)
    taps = [(slice(None), *tap) for tap in product(*map(range, kernel))]
    for columns, index in _chunks(view.shape, view.itemsize):
        target = view[index]
        col = memory[: target.size].reshape(*groups, length, -1)
        matrix_product(by_tap, dy_rows[..., columns], col)
        terms_by_tap = col.reshape(*groups, len(taps), channels, -1)
        if groups:
            terms_by_tap = terms_by_tap.swapaxes(0, 1)
        total = sums[: target.size // len(taps)].reshape(target[taps[0]].shape)
        by_group = total.reshape(terms_by_tap.shape[1:])
        for tap, terms in zip(taps, terms_by_tap, strict=True):
            place = target[tap]
            np.copyto(total, place)
            np.add(by_group, terms, out=by_group)
            np.copyto(place, total)


def matrix_product(a, b, out):
    """Write the products of matrices ``a @ b`` to ``out`` and return it.

    A column times a row, as in depthwise convolution, is no work for BLAS, and NumPy's
    own loop for it is a slow one.
    """
    if a.shape[-1] == 1:
        return np.multiply(a, b, out=out)
    return np.matmul(a, b, out=out)
