"""Scratch: memory for the length of one call, the same for all kernels of a thread.

A convolution wants copies of its image, columns and tiles, and forgets them. Kept by
each module they would be the largest part of what a deep network takes; here the next
call takes the same memory, which the processor's caches still hold.
"""

import mmap
import threading
from math import prod

import numpy as np

from nnmods.kernels.aligned import LINE, empty, first_line

#: Bytes from which on memory comes from the system by itself.
PAGES, HUGE = 1 << 20, 1 << 22


class _Memory(threading.local):
    """One block of bytes for each thread, and how much of it is in use."""

    def __init__(self):
        self.block, self.end, self.wanted = np.empty(0, np.uint8), 0, 0


_memory = _Memory()


class scratch:
    """Arrays by name that last as long as a ``with`` block.

    They are used like a `nnmods.core.workspace.Workspace`, but come without contents
    (or with ``fill``) and are gone with the block. Blocks may be nested. What the
    first call of its size allocates is kept for the next; a block that is left by an
    exception is no different.

    Examples
    --------
    >>> with scratch() as work:
    ...     work("row", (1, 3), np.float32, fill=7)
    array([[7., 7., 7.]], dtype=float32)
    """

    __slots__ = ("_arrays", "_start")

    def __enter__(self):
        self._arrays, self._start = {}, _memory.end
        return self

    def __call__(self, name, shape, dtype, fill=None):
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = _take(shape, np.dtype(dtype))
            if fill is not None:
                array[...] = fill
        return array

    def __exit__(self, *exc):
        self._arrays = None
        _memory.end = self._start
        if self._start == 0 and _memory.wanted > _memory.block.size:
            _memory.block = None  # before the larger one: never both
            block = _pages(_memory.wanted + LINE)
            first = first_line(block)
            _memory.block = block[first : first + _memory.wanted]


def _take(shape, dtype):
    start = _memory.end
    size = dtype.itemsize
    for length in shape:
        size *= length
    _memory.end = end = start + size + -size % LINE
    if end > _memory.block.size:  # for this time; a block of this size comes after
        _memory.wanted = max(_memory.wanted, end)
        if end - start < PAGES:
            return empty(shape, dtype)
        return np.ndarray(shape, dtype, _pages(prod(shape) * dtype.itemsize))
    return np.ndarray(shape, dtype, _memory.block, start)


def _pages(size):
    """Return so many bytes, which the system has back when nobody holds them.

    What a thread has allocated and freed, C's library keeps for it: arrays of a first
    call, of each thread, would be there beside the block that serves the next.
    """
    if size < PAGES or not hasattr(mmap, "MAP_ANONYMOUS"):
        return np.empty(size, np.uint8)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if size >= HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(pages, np.uint8)
