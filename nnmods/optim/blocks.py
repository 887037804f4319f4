"""Blocks: long vectors in pieces that stay in cache from one operation to the next."""

import numpy as np

from nnmods.kernels.threads import share

# Of one vector in one block. Blocks of the second-level cache gain nothing: two
# processors read 160 GB a second of the third. With a quarter of this the calls are so
# short that two threads hinder one another: on a million float32 Adam takes 0.78 ms
# then, SGD with momentum 0.27, and with this 0.51 and 0.17; on 10^7 SGD 3.4 and 2.3.
BLOCK_BYTES = 1 << 21
# What is shorter than this for each lane is not cut for them.
LEAST_BYTES = 1 << 18


def cut(vectors, scratch, lanes=1, spans=None):
    """Return a list of blocks for each lane: tuples of views, one into each vector.

    Parameters
    ----------
    vectors : list of ndarray, shape (n,)
        All of one dtype. Short vectors make one block, empty ones none.
    scratch : int
        How many scratch vectors to append to each block, the same memory for all of
        one lane.
    lanes : int, default=1
    spans : list of slice, default=None
        The parts of the vectors to cut, each into blocks of its own; None is all.

    Returns
    -------
    list of list of tuple of ndarray

    Examples
    --------
    >>> lanes = cut([np.zeros(200000)], scratch=1, lanes=2)
    >>> [[view.size for view in block] for blocks in lanes for block in blocks]
    [[100032, 100032], [99968, 99968]]
    """
    dtype = vectors[0].dtype
    spans = [slice(0, vectors[0].size)] if spans is None else spans
    pieces = [p for span in spans for p in _pieces(span, dtype.itemsize, lanes)]
    longest = max((piece.stop - piece.start for piece in pieces), default=0)
    result = []
    for lane in range(lanes):
        spare = np.empty((scratch, longest), dtype)
        result.append(
            [
                (*(v[piece] for v in vectors), *spare[:, : piece.stop - piece.start])
                for piece in pieces[share(len(pieces), lanes, lane)]
            ]
        )
    return result


def _pieces(span, itemsize, lanes):
    """Return a span in pieces of nearly equal length, none above `BLOCK_BYTES`.

    They are as many for each lane, if that is not too little for one.
    """
    size = span.stop - span.start
    count = max(1, -(-size * itemsize // BLOCK_BYTES))
    if size * itemsize >= lanes * LEAST_BYTES:
        count += -count % lanes
    length = -(-size // count)
    length += -length % 64  # whole cache lines
    starts = range(span.start, span.stop, max(1, length))
    return [slice(start, min(start + length, span.stop)) for start in starts]


def flush_tiny(vector, a, b):
    """Set entries below ``2^20`` times the smallest normal number to 0, in place.

    A moment whose gradient stays 0 decays until it is subnormal, and is rounded so that
    it never gets to 0; arithmetic on subnormal numbers takes ten times as long. ``a``
    and ``b`` are scratch.

    Examples
    --------
    >>> vector = np.array([-1e-9, 1e-305, 5e-324, np.inf])
    >>> flush_tiny(vector, np.empty(4), np.empty(4))
    >>> vector
    array([-1.e-09,  0.e+00,  0.e+00,     inf])
    """
    limit = float(np.finfo(vector.dtype).tiny) * 2**20
    np.abs(vector, out=a)
    np.subtract(a, limit, out=a)
    np.sign(a, out=b)  # in place it takes ten times as long
    np.clip(b, 0, 1, out=b)  # 1 for what stays, 0 for what goes
    np.multiply(vector, b, out=vector)
