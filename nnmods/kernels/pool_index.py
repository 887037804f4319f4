"""Pooling by index: one entry of the image for each output, and what goes back to it.

An index here is a position in the flat memory (C, *S, N) of a batch of images, which is
in batch-last order as everywhere in pooling. Regular windows need none of this: their
taps are slices (`nnmods.kernels.taps`).
"""

from math import prod

import numpy as np

from nnmods.kernels.layout import (
    batch_last,
    batch_last_out,
    rolled,
    write_back,
)


def first_entries(shape, work):
    """Return the index (C, 1, ..., N) of the first entry of each image (N, C, *S)."""
    N, C, *size = shape
    name = ("first entries", *shape)  # whatever is there under this name is right
    first = work(name, (C, *(1,) * len(size), N), np.intp, fill=-1)
    if first.size and first.flat[0] < 0:
        images = np.arange(C).reshape(-1, *(1,) * (len(size) + 1))
        first[...] = images * (prod(size) * N) + np.arange(N)
    return first


def to_index(positions, shape, out, work):
    """Write the index of positions (N, C, *O) in images (N, C, *S) to ``out``.

    Positions count the entries of S from 0, in row-major order; ``out`` is (C, *O, N).
    """
    np.multiply(rolled(positions), shape[0], out=out)
    return np.add(out, first_entries(shape, work), out=out)


def max_at(x, candidates, out, index, work):
    """Write the largest of several entries to ``out``, and which it is to ``index``.

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    candidates : iterable of intp ndarray, shape (C, *O, N)
        For each output an index; the next may overwrite the one before. The first of
        several equal entries wins, and NaN beats all.
    out : ndarray, shape (N, C, *O)
    index : intp ndarray, shape (C, *O, N)
    work : Workspace
    """
    x = batch_last(x, work, "x", out.dtype).reshape(-1)
    y = batch_last_out(out, work, "y")
    value = work("value", y.shape, y.dtype)
    better, number = (work(name, y.shape, np.bool_) for name in ("better", "number"))
    for i, candidate in enumerate(candidates):
        if i == 0:
            np.copyto(index, candidate)
            np.take(x, candidate, out=y, mode="clip")
            continue
        np.take(x, candidate, out=value, mode="clip")
        np.less_equal(value, y, out=better)  # False where there is a NaN
        np.logical_not(better, out=better)
        np.equal(y, y, out=number)
        np.logical_and(better, number, out=better)
        np.copyto(y, value, where=better)
        np.copyto(index, candidate, where=better)
    write_back(y, out)
    return out


def take_at(x, index, out, work):
    """Write the entries of ``x`` (N, C, *S) at ``index`` to ``out`` (N, C, *O)."""
    x = batch_last(x, work, "source", out.dtype).reshape(-1)
    y = batch_last_out(out, work, "taken")
    np.take(x, index, out=y, mode="clip")
    write_back(y, out)
    return out


def add_at(values, index, out, work):
    """Write the transpose of `take_at` to ``out``: values add up where they meet."""
    values = batch_last(values, work, "values", out.dtype).reshape(-1)
    total = batch_last_out(out, work, "total")
    total.fill(0)
    np.add.at(total.reshape(-1), index.reshape(-1), values)
    write_back(total, out)
    return out
