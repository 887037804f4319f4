"""Lowered images: what windows see, row by row, as matrices for products.

The columns of an image hold each of its entries once for each tap of a kernel. Here
they are made for the taps of all axes but the first: row h of the lowered image is the
matrix (Ci * L, P) of what P windows see in row h, with L taps each. The Kh rows of a
window lie one after the other, and so are the matrix (Kh * Ci * L, P) of a product as
they lie: these overlap, and the copy takes a Kh-th of the time [1]_.

An image that is one row, as `nnmods.kernels.conv_rows` tells, has a matrix of all taps.

References
----------
.. [1] M. Cho, D. Brand, "MEC: memory-efficient convolution for deep neural network",
       ICML 2017.
"""

import numpy as np

from nnmods.kernels.conv_chunks import chunks_of
from nnmods.kernels.threads import share


class Lowered:
    """The lowered image, a chunk of positions at a time.

    Parameters
    ----------
    image : ndarray, shape (C, *S, N)
        With its border, C-contiguous.
    geometry : Geometry
    lanes : int
    work : scratch
        Each lane has its memory there.
    ones : bool, default=False
        Whether each row is to have a last line of ones, for a bias.

    Attributes
    ----------
    plain : bool
        Whether an image is its own matrix, and nothing is copied.
    ones : bool
        Whether there are: not where it is plain, nor with groups.
    chunks : tuple of Chunk
    """

    __slots__ = "chunks", "memory", "ones", "plain", "view"

    def __init__(self, image, geometry, lanes, work, ones=False):
        self.view = geometry.seen(image)
        self.plain = geometry.plain
        self.ones = ones and not geometry.grouped and not self.plain
        self.chunks, room = chunks_of(
            geometry, self.view.shape[2], image.itemsize, self.ones, lanes
        )
        self.memory = work("lowered", (lanes, room), image.dtype)

    def share(self, lane):
        """Return the chunks of a lane."""
        return self.chunks[share(len(self.chunks), len(self.memory), lane)]

    def matrices(self, chunk, lane):
        """Return the matrices (G, rows, Kh * height, columns) of a chunk."""
        part, memory = self.view[chunk.source], self.memory[lane]
        if self.plain:
            return part.reshape(chunk.shape)
        if self.ones:
            made = np.ndarray(chunk.shape, memory.dtype, memory)
            made[:, :, -1] = 1
            np.copyto(made[:, :, :-1].reshape(part.shape), part)
        else:
            np.copyto(np.ndarray(part.shape, memory.dtype, memory), part)
        return np.ndarray(chunk.matrices, memory.dtype, memory, strides=chunk.strides)


def stacked(made, rows, taps):
    """Return the matrices (G, rows, taps * height, columns) of windows of rows.

    Those of ``made``, C-contiguous and of shape (G, H, height, columns), which they
    share, lie one after the other.
    """
    G, _, height, columns = made.shape
    shape = G, rows, taps * height, columns
    return np.ndarray(shape, made.dtype, made, strides=made.strides)
