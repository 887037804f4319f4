"""BatchSource: one array that minibatches are taken from."""

import mmap

import numpy as np

from nnmods.core.tables import map_table
from nnmods.data.buffers import Buffer


class BatchSource:
    """One array of samples, and the buffers that its batches are copied into.

    Parameters
    ----------
    array : ndarray, shape (N, ...)
        With N > 0. Of one that is mapped to a file no more is read than its batches.
    shuffled : bool
        Whether batches are asked for by indices, and copied; by slices otherwise.
    batch_last : bool
        Whether batches (N, C, H, W) are copied into memory that runs (C, H, W, N).
    """

    def __init__(self, array, shuffled, batch_last):
        self.array, self.taken, self.turned = array, None, None
        plain = array.flags.c_contiguous and array.dtype.isnative
        if shuffled and not plain and not is_mapped(array):
            # np.take would copy a strided or byte-swapped array at every call.
            self.array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
            plain = True
        self.plain = plain
        if shuffled:
            self.taken = Buffer()
        if batch_last and array.ndim == 4:
            self.turned = Buffer()

    def batch(self, where):
        """Return the samples of a slice, or of an array of indices."""
        if self.taken is None:
            batch = self.array[where]
        else:
            shape = (len(where), *self.array.shape[1:])
            batch = self.taken.shaped(shape, self.array.dtype)
            if self.plain:
                # Indices are valid by construction; mode="raise" would buffer them.
                np.take(self.array, where, axis=0, out=batch, mode="clip")
            else:
                batch[...] = self.array[where]
        if self.turned is None:
            return batch
        n, *image = batch.shape
        turned = self.turned.shaped((*image, n), batch.dtype).transpose(3, 0, 1, 2)
        np.copyto(turned, batch)
        return turned


def is_mapped(array):
    """Tell whether an array lies in a file that is mapped to memory."""
    while isinstance(array, np.ndarray):
        array = array.base
    if isinstance(array, memoryview):
        array = array.obj
    return isinstance(array, mmap.mmap)


def count_samples(owner, x, target):
    """Return the common length of all arrays of two tables.

    Raises
    ------
    TypeError
        If something else than arrays is among them.
    ValueError
        If there are none, their lengths differ, or are 0.
    """
    lengths = []

    def add(array):
        if not isinstance(array, np.ndarray) or array.ndim < 1:
            raise TypeError(
                f"{owner}: x or target holds {type(array).__name__}, "
                "expected arrays (N, ...) or tables of them"
            )
        lengths.append(len(array))

    map_table(add, x)
    of_x = len(lengths)
    map_table(add, target)
    if not 0 < of_x < len(lengths):
        raise ValueError(f"{owner}: x or target is an empty table, expected arrays")
    if len(set(lengths)) > 1:
        raise ValueError(
            f"{owner}: x has lengths {lengths[:of_x]} and target {lengths[of_x:]}, "
            "expected one common length"
        )
    if lengths[0] == 0:
        raise ValueError(f"{owner}: x has 0 samples, expected 1 or more")
    return lengths[0]
