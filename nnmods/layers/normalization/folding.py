"""Arrays (N, C, *S) folded to (A, C, B), and worked on a few channels at a time.

Memory that is batch-last folds to (1, C, S*N), so that a channel is one contiguous row,
and other memory to (N, C, S). Numbers by channel have the shape (C, 1) beside it.
"""

from math import prod

import numpy as np

from nnmods.core import reuse
from nnmods.kernels.blocks import cut, cut_for, each
from nnmods.kernels.layout import rolled

#: Entries up to which a copy in another order stays in the cache.
_SHORT = 1 << 15


def buffer_like(buffer, x, *others, module=None):
    """Return `reuse` of a buffer shaped like ``x``, C-contiguous or batch-last."""
    y = reuse(buffer, x.shape, x, *others, module=module)
    if y is buffer or y.flags.c_contiguous or rolled(y).flags.c_contiguous:
        return y
    return np.empty(y.shape, y.dtype)


def buffer_in_order(buffer, x, *others, module=None):
    """Return `reuse` of a buffer shaped like ``x``, in C order."""
    y = reuse(buffer, x.shape, x, *others, module=module)
    return y if y.flags.c_contiguous else np.empty(y.shape, y.dtype)


def in_order(x, dtype, work, name):
    """Return ``x`` in C order and of a dtype; as scratch, where that takes a copy."""
    if x.flags.c_contiguous and x.dtype == dtype:
        return x
    plain = work(name, x.shape, dtype)
    if x.size <= _SHORT or x.ndim < 2:
        np.copyto(plain, x, casting="same_kind")
        return plain
    # A line of memory is read once for each entry of it that is copied much later.
    for block in cut(x.shape[1], x.size, _SHORT):
        np.copyto(plain[:, block], x[:, block], casting="same_kind")
    return plain


def fold(x, like, work, name):
    """Return ``x`` (N, C, *S) with three axes, as the memory of ``like`` suggests.

    It is a view where the memory of ``x`` allows it, else a copy in scratch memory.
    """
    N, C, size = x.shape[0], x.shape[1], prod(x.shape[2:])
    rows = not like.flags.c_contiguous
    x, shape = (rolled(x), (1, C, size * N)) if rows else (x, (N, C, size))
    try:
        return x.reshape(shape, copy=False)
    except ValueError:
        copy = work((name, rows), shape, x.dtype)
        copy.reshape(x.shape)[...] = x
        return copy


def by_blocks(function, x, *others):
    """Call ``function(lane, x, *others)`` for a few channels at a time.

    ``x`` has the shape (A, C, B), and each other the same, or (C, 1), or is None.
    Scratch memory that ``function`` writes to is its lane's own.
    """
    C = x.shape[1]

    def task(block, lane):
        parts = (
            a if a is None else a[block] if a.ndim == 2 else a[:, block] for a in others
        )
        function(lane, x[:, block], *parts)

    moved = x.nbytes * sum(a is not None and a.ndim == 3 for a in (x, *others))
    blocks = cut_for(moved, C, x.size)
    if len(blocks) == 1:
        function(0, x, *others)
    else:
        each(task, blocks, moved)
