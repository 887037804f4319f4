"""Blocks: long arrays worked on in pieces that stay in the cache, shared among lanes.

A verb that goes over its arrays several times does all of that for one block before it
turns to the next, so that memory is read and written once. What belongs to different
blocks must not depend on each other: lanes take them in any order.
"""

from functools import lru_cache

import numpy as np

from nnmods.kernels.threads import in_lanes, lanes_for, share

#: Entries of an array in a block: 0.5 MB in float32. Smaller ones lose more to NumPy's
#: calls than they gain by staying in the second-level cache all the time.
BLOCK_SIZE = 1 << 17
#: How much longer blocks are where lanes share them. After each call a lane needs the
#: interpreter's lock, and sleeps where it finds that taken: batch normalisation of 1.6
#: million numbers took 2.0 ms in two lanes with blocks of one length, 1.8 with twice as
#: long ones, 1.5 with 4 and 1.2 with 8 times as long ones, and 1.6 in one lane.
IN_LANES = 8
#: Entries that BLAS sums at a time. With up to 10,000 it uses one thread, whatever
#: threads it has; the errors of 8192 are twice those of NumPy where it has only AVX2.
_AT_A_TIME = 1 << 11
#: The same in a product of a matrix and a vector, which is right to 3 roundings then.
_IN_PRODUCT = 1 << 9
#: Results up to which `numpy.vecdot` keeps the interpreter's lock all the time, so that
#: other lanes wait: long rows are cut into so many pieces that they are more, if there
#: are so many entries that it takes more than 10 microseconds.
_KEPT, _MANY = 500, 1 << 18
#: Entries up to which NumPy is not told to leave rows be.
_SHORT = 1 << 13


@lru_cache(maxsize=256)
def cut(length, size, block_size=BLOCK_SIZE):
    """Return slices of an axis of ``length``, in an array of ``size`` entries.

    They are of one length, but for the last one, which may be shorter.

    Examples
    --------
    >>> cut(5, 10, 4)
    (slice(0, 2, None), slice(2, 4, None), slice(4, 5, None))
    """
    pieces = max(1, min(length, -(-size // block_size)))
    step = max(1, -(-length // pieces))
    return tuple(
        slice(start, min(start + step, length)) for start in range(0, length, step)
    )


def cut_for(bytes_moved, length, size, block_size=BLOCK_SIZE):
    """Return slices as `cut` does, for `each` with work that moves so many bytes.

    Where lanes share it they are longer, and as many for each lane.

    Examples
    --------
    >>> len(cut_for(0, 300, 3 * BLOCK_SIZE))
    3
    """
    lanes = lanes_for(bytes_moved)
    if lanes == 1:
        return cut(length, size, block_size)
    pieces = -(-size // (IN_LANES * block_size))
    return cut(length, size, -(-size // (pieces + -pieces % lanes)))


def each(task, blocks, bytes_moved):
    """Call ``task(block, lane)`` for each of the blocks.

    Parameters
    ----------
    task : callable
        Scratch memory that it writes to is its lane's own.
    blocks : sequence
    bytes_moved : int
        Read and written by all of it, to tell whether lanes pay.
    """
    lanes = min(lanes_for(bytes_moved), len(blocks))
    if lanes < 2:
        for block in blocks:
            task(block, 0)
        return

    def run(lane):
        for block in blocks[share(len(blocks), lanes, lane)]:
            task(block, lane)

    in_lanes(run, lanes)


def quiet_rows(size):
    """Return a context where NaN and infinity pass quietly, and NumPy leaves rows be.

    Where an operand of a ufunc repeats or skips memory, NumPy copies pieces of all of
    them to buffers of 8192 entries first, which doubles the time; buffers that a row
    would fill it does without. So this is for rows of some hundred entries or more.

    Parameters
    ----------
    size : int
        Of the arrays: short ones are not worth the microsecond that it takes.
    """
    if size > _SHORT:
        return _QuietRows()
    return np.errstate(divide="ignore", over="ignore", invalid="ignore")


class _QuietRows(np.errstate):
    __slots__ = ()

    def __init__(self):
        super().__init__(divide="ignore", over="ignore", invalid="ignore")

    def __enter__(self):
        super().__enter__()
        np.setbufsize(1024)  # until the context is left, which restores it


def row_sums(x, out):
    """Write the sums over the last axis of ``x`` to ``out`` and return it.

    BLAS adds them, in a fifth of the time of `numpy.add.reduce` and with errors of the
    same size: as a product with ones, which leaves the interpreter's lock to others and
    takes half the time of `numpy.vecdot` where rows are short, but adds with fewer
    totals, and so takes fewer numbers at a time.

    Examples
    --------
    >>> row_sums(np.ones((2, 3)), np.empty(2))
    array([3., 3.])
    """
    K = x.shape[-1]
    step = _part(K)
    if step and x.flags.c_contiguous and out.flags.c_contiguous:
        rows = x.reshape(-1, step)
        if step == K:
            np.dot(rows, _ones(K, x.dtype), out=out.reshape(-1))
            return out
        sums = np.dot(rows, _ones(step, x.dtype)).reshape(*out.shape, -1)
        return np.add.reduce(sums, axis=-1, out=out)
    if K <= _AT_A_TIME:
        return np.vecdot(x, _ones(K, x.dtype), out=out)
    ones = _ones(_AT_A_TIME, x.dtype)
    return _long_dots(x, ones, ones[: K % _AT_A_TIME], _AT_A_TIME, out)


@lru_cache(maxsize=256)
def _part(K):
    """Return how much of a row of K is summed as a product, 0 where that is slower."""
    if K <= _IN_PRODUCT:
        return K
    if K <= _AT_A_TIME:
        return 0
    return next((n for n in range(_IN_PRODUCT, _IN_PRODUCT // 4, -1) if K % n == 0), 0)


def row_dots(x, y, out):
    """Write the sums over the last axis of ``x * y`` to ``out`` and return it."""
    step = _step(x.size, x.shape[-1])
    if step == x.shape[-1]:
        return np.vecdot(x, y, out=out)
    return _long_dots(x, *_pieces(y, step), step, out)


@lru_cache(maxsize=256)
def _step(size, K):
    """Return how many entries of a row of K to sum at a time, of ``size`` in all."""
    if K <= _AT_A_TIME:
        return K
    step = _AT_A_TIME
    while size > _MANY and size // K * (K // step) <= _KEPT and step > _AT_A_TIME // 8:
        step //= 2
    return step


def _long_dots(x, head, tail, step, out):
    """Write the sums of products with the pieces of a second array to ``out``."""
    x_head, x_tail = _pieces(x, step)
    np.add.reduce(np.vecdot(x_head, head), axis=-1, out=out)
    if x_tail.shape[-1]:
        out += np.vecdot(x_tail, tail)
    return out


def _pieces(x, step):
    """Return views of ``x``: rows cut into ``step`` entries each, and the rest."""
    end = x.shape[-1] - x.shape[-1] % step
    return x[..., :end].reshape(*x.shape[:-1], -1, step), x[..., end:]


@lru_cache(maxsize=64)
def _ones(n, dtype):
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones
