"""Companion: a vector beside ``w`` that is worked through together with it."""

from nnmods.kernels.threads import LEAST_BYTES, in_lanes, lanes_for
from nnmods.optim.blocks import cut


class Companion:
    """Two vectors of one length in blocks, with scratch, shared among threads.

    Parameters
    ----------
    w, vector : ndarray, shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> w, vector = np.ones(3), np.zeros(3)
    >>> Companion(w, vector).each(lambda w, vector, _: np.copyto(vector, w))
    >>> vector
    array([1., 1., 1.])
    """

    def __init__(self, w, vector):
        self._vectors = [w, vector]
        self._lanes = cut(self._vectors, 1)

    def each(self, task):
        """Call ``task(w, vector, scratch)`` on each block."""
        bytes_moved = 3 * self._vectors[0].nbytes
        lanes = lanes_for(bytes_moved) if bytes_moved >= LEAST_BYTES else 1
        if lanes != len(self._lanes):
            self._lanes = cut(self._vectors, 1, lanes)

        def work(lane):
            for block in self._lanes[lane]:
                task(*block)

        in_lanes(work, lanes)
