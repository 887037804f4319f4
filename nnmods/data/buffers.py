"""Buffers: memory for arrays of changing length, allocated once."""

import math

import numpy as np


class Buffer:
    """Flat memory that grows to the largest array asked for, and is then reused.

    A smaller last batch is contiguous at its beginning. A copy or a pickle is empty.

    Examples
    --------
    >>> buffer = Buffer()
    >>> full, rest = buffer.shaped((4, 2), np.uint8), buffer.shaped((1, 2), np.uint8)
    >>> np.shares_memory(full, rest)
    True
    """

    def __init__(self):
        self._flat = np.empty(0, np.uint8)
        self._asked = self._flat.dtype  # in any byte order

    def shaped(self, shape, dtype):
        """Return a C-contiguous array, in native byte order."""
        size = math.prod(shape)
        if self._asked != dtype or self._flat.size < size:
            self._asked = np.dtype(dtype)
            self._flat = np.empty(size, self._asked.newbyteorder("="))
        return self._flat[:size].reshape(shape)

    def like(self, array, shape=None):
        """Return an array in the memory order of ``array``, of its shape or another."""
        shape = array.shape if shape is None else shape
        axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
        dense = self.shaped([shape[axis] for axis in axes], array.dtype)
        return dense.transpose(np.argsort(axes))

    def __reduce__(self):
        return Buffer, ()
