"""Blocks: long vectors in pieces that stay in cache from one operation to the next."""

import numpy as np

# Of one vector in one block. Adam reads and writes six: they fit a cache of 1 MB.
BLOCK_BYTES = 1 << 17


def cut(vectors, scratch):
    """Return a list of blocks: tuples of views, one into each vector.

    Parameters
    ----------
    vectors : list of ndarray, shape (n,)
        All of one dtype. Short vectors make one block, empty ones none.
    scratch : int
        How many scratch vectors to append to each block, the same memory for all.

    Returns
    -------
    list of tuple of ndarray

    Examples
    --------
    >>> [[view.size for view in block] for block in cut([np.zeros(40000)], scratch=1)]
    [[13376, 13376], [13376, 13376], [13248, 13248]]
    """
    size, dtype = vectors[0].size, vectors[0].dtype
    count = max(1, -(-vectors[0].nbytes // BLOCK_BYTES))
    length = -(-size // count)
    length += -length % 64  # whole cache lines
    spare = np.empty((scratch, min(length, size)), dtype)
    blocks = []
    for start in range(0, size, max(1, length)):
        n = min(length, size - start)
        views = [vector[start : start + n] for vector in vectors]
        blocks.append((*views, *spare[:, :n]))
    return blocks


def flush_tiny(vector, scratch):
    """Set entries below ``2^20`` times the smallest normal number to 0, in place.

    A moment whose gradient stays 0 decays until it is subnormal, and is rounded so that
    it never gets to 0; arithmetic on subnormal numbers takes ten times as long.

    Examples
    --------
    >>> vector = np.array([-1e-9, 1e-305, 5e-324, np.inf])
    >>> flush_tiny(vector, np.empty(4))
    >>> vector
    array([-1.e-09,  0.e+00,  0.e+00,     inf])
    """
    limit = float(np.finfo(vector.dtype).tiny) * 2**20
    np.abs(vector, out=scratch)
    np.subtract(scratch, limit, out=scratch)
    np.maximum(scratch, 0, out=scratch)
    np.sign(scratch, out=scratch)  # 1 for what stays, 0 for what goes
    np.multiply(vector, scratch, out=vector)
