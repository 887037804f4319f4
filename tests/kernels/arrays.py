"""What the tests of the kernels share: memory orders, and a memory meter."""

import numpy as np

from nnmods.kernels import conv_chunks, conv_rows
from nnmods.kernels.layout import empty_batch_last

LAYOUTS = ("C", "batch-last", "strided")


def in_layout(array, layout):
    """Return a copy of ``array`` in another memory order."""
    if layout == "batch-last":
        copy = empty_batch_last(array.shape, array.dtype)
    elif layout == "strided":
        shape = array.shape[::-1]
        copy = np.full([2 * n + 1 for n in shape], np.nan, array.dtype)
        copy = copy[tuple(slice(1, 2 * n, 2) for n in shape)].T[..., ::-1]
    else:
        copy = np.empty(array.shape, array.dtype)
    copy[...] = array
    return copy


def forget_chunks():
    """Have geometries and chunks made anew, by the bounds that are in force now."""
    conv_rows.geometry_of.cache_clear()
    conv_chunks.chunks_of.cache_clear()
