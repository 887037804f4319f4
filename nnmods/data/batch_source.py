"""BatchSource: one array that minibatches are taken from."""

import math

import numpy as np


class BatchSource:
    """One array of samples, and the buffers that its batches are copied into.

    Buffers are flat, so that a smaller last batch is contiguous in the same memory.

    Parameters
    ----------
    array : ndarray, shape (N, ...)
        With N > 0.
    longest : int
        Samples in the largest batch.
    shuffled : bool
        Whether batches are asked for by indices, and copied; by slices otherwise.
    batch_last : bool
        Whether batches (N, C, H, W) are copied into memory that runs (C, H, W, N).
    """

    def __init__(self, array, longest, shuffled, batch_last):
        self.array, self.taken, self.turned = array, None, None
        size = longest * (array.size // len(array))
        if shuffled:
            # np.take would copy a strided or byte-swapped array at every call.
            self.array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
            self.taken = np.empty(size, self.array.dtype)
        if batch_last and array.ndim == 4:
            self.turned = np.empty(size, self.array.dtype)

    def batch(self, where):
        """Return the samples of a slice, or of an array of indices."""
        if self.taken is None:
            batch = self.array[where]
        else:
            shape = (len(where), *self.array.shape[1:])
            batch = _shaped(self.taken, shape)
            # Indices are valid by construction; mode="raise" would buffer the result.
            np.take(self.array, where, axis=0, out=batch, mode="clip")
        if self.turned is None:
            return batch
        n, *image = batch.shape
        turned = _shaped(self.turned, (*image, n)).transpose(3, 0, 1, 2)
        np.copyto(turned, batch)
        return turned


def _shaped(flat, shape):
    """Return the beginning of a flat buffer in another shape."""
    return flat[: math.prod(shape)].reshape(shape)
