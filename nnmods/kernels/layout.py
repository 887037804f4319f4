"""Batch-last memory behind batch-first arrays.

An image batch is the logical array (N, C, *S) whose memory runs (C, *S, N). A channel
is then one contiguous row, and a shift along a spatial axis moves runs of at least N
numbers. The functions here go from the one to the other, without a copy where the
memory is right already. ``work`` is a `nnmods.core.workspace.Workspace`.
"""

from functools import lru_cache

import numpy as np

from nnmods.kernels.aligned import empty
from nnmods.kernels.copies import copy


def empty_batch_last(shape, dtype):
    """Return an uninitialised array of ``shape`` (N, C, *S) in batch-last memory.

    Examples
    --------
    >>> x = empty_batch_last((5, 3, 8, 8), np.float32)
    >>> x.shape, x.transpose(1, 2, 3, 0).flags.c_contiguous
    ((5, 3, 8, 8), True)
    """
    memory = empty((*shape[1:], shape[0]), dtype)
    return memory.transpose(memory.ndim - 1, *range(memory.ndim - 1))


def rolled(x):
    """Return the view (C, *S, N) of ``x`` (N, C, *S), whatever its memory."""
    return x.transpose(_batch_at_the_end(x.ndim))


@lru_cache(maxsize=16)
def _batch_at_the_end(ndim):
    return *range(1, ndim), 0


def batch_last(x, work, name, dtype=None):
    """Return ``x`` (N, C, *S) as a C-contiguous array (C, *S, N).

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    work : Workspace
    name : hashable
        Of the scratch array that a copy goes to.
    dtype : numpy dtype, default=None
        Of the result; None keeps that of ``x``.

    Returns
    -------
    ndarray, shape (C, *S, N)
        A view of ``x`` where its memory and dtype are so already, else the copy.
    """
    view = rolled(x)
    dtype = x.dtype if dtype is None else dtype
    if view.flags.c_contiguous and view.dtype == dtype:
        return view
    result = work(name, view.shape, dtype)
    copy(result, view)
    return result


def laid_batch_last(x, work, name):
    """Return ``x`` (N, C, *S) in batch-last memory: itself, or a copy in scratch."""
    view = batch_last(x, work, name)
    return view.transpose(view.ndim - 1, *range(view.ndim - 1))


def batch_last_out(out, work, name):
    """Return the C-contiguous array (C, *S, N) in which to compute ``out`` (N, C, *S).

    It is a view of ``out`` in batch-last memory, else a scratch array. `write_back`
    after the last write settles the difference.
    """
    view = rolled(out)
    return view if view.flags.c_contiguous else work(name, view.shape, out.dtype)


def write_back(result, out):
    """Copy ``result`` from `batch_last_out` to ``out``, unless it is a view of it."""
    view = rolled(out)
    if not view.flags.c_contiguous:
        copy(view, result)


@lru_cache(maxsize=256)
def pairs(padding):
    """Return ``padding``, an int or a pair for each axis, as pairs (before, after).

    Examples
    --------
    >>> pairs((1, (0, 2)))
    ((1, 1), (0, 2))
    """
    return tuple(
        (p, p) if isinstance(p, (int, np.integer)) else tuple(p) for p in padding
    )


@lru_cache(maxsize=256)
def frame(size, padding):
    """Return the shape of images with a border, and indices of (C, *S, N) in them.

    Parameters
    ----------
    size : tuple of int
        The spatial shape, without the border.
    padding : tuple of pairs (before, after)

    Returns
    -------
    shape : tuple of int
        The spatial shape with the border.
    inside : tuple of slice
        Of what is not border.
    borders : tuple of tuple of slice
        Which together are the border.

    Examples
    --------
    >>> shape, inside, borders = frame((5,), ((0, 2),))
    >>> image = np.ones((1, *shape, 1))
    >>> for border in borders:
    ...     image[border] = 0
    >>> image.reshape(-1), image[inside].size
    (array([1., 1., 1., 1., 1., 0., 0.]), 5)
    """
    shape, inside, borders = [], [slice(None)], []
    for n, (before, after) in zip(size, padding, strict=True):
        for start, stop in (0, before), (before + n, before + n + after):
            if start < stop:
                borders.append((*inside, slice(start, stop)))
        shape.append(before + n + after)
        inside.append(slice(before, before + n))
    return tuple(shape), tuple(inside), tuple(borders)


def cropped(x, padding):
    """Return a view of ``x`` (N, C, *S) without what a negative ``padding`` takes away.

    With it comes the rest of the padding, as pairs that are 0 or more.

    Examples
    --------
    >>> view, padding = cropped(np.zeros((1, 1, 6)), ((-2, 3),))
    >>> view.shape, padding
    ((1, 1, 4), ((0, 3),))
    """
    padding = pairs(padding)
    if min(map(min, padding)) >= 0:
        return x, padding
    kept, rest = [slice(None), slice(None)], []
    for n, (before, after) in zip(x.shape[2:], padding, strict=True):
        length = n + before + after
        start, stop = min(max(-before, 0), n), max(min(n + after, n), 0)
        kept.append(slice(start, max(start, stop)))
        before = max(before, 0)
        inside = max(stop - start, 0)
        before = min(before, length) if inside else length
        rest.append((before, length - before - inside))
    return x[tuple(kept)], tuple(rest)


def padded(x, padding, work, name, value=0, dtype=None):
    """Return ``x`` (N, C, *S) as (C, *S, N) with a border of ``value`` around it.

    Parameters
    ----------
    x : ndarray, shape (N, C, *S)
    padding : tuple of int or of pairs (before, after)
        One entry for each spatial axis.
    work : Workspace
    name : hashable
        Of the scratch array.
    value : float, default=0
        Of the border.
    dtype : numpy dtype, default=None
        Of the result; None keeps that of ``x``.

    Returns
    -------
    ndarray, shape (C, *(before + S + after), N)
        As `batch_last` gives it where there is nothing to pad.
    """
    padding = pairs(padding)
    if not any(map(any, padding)):
        return batch_last(x, work, name, dtype)
    size, inside, borders = frame(x.shape[2:], padding)
    buffer = work(name, (x.shape[1], *size, x.shape[0]), dtype or x.dtype)
    for border in borders:
        buffer[border] = value
    copy(buffer[inside], rolled(x))
    return buffer
