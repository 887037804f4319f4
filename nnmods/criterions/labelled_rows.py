"""LabelledRows: scores and their labels, in blocks of rows that stay in cache."""

import numpy as np

from nnmods.criterions.exponentials import Exponentials
from nnmods.criterions.snapshot import SMALL
from nnmods.kernels.threads import in_lanes, lanes_for, share

#: Of the rows of one block. Two threads hinder one another where calls are short: at
#: 64 x 50000, blocks of an eighth of this take half as long again.
BLOCK_BYTES = 1 << 20
_intp, _uintp = np.dtype(np.intp), np.dtype(np.uintp)


class LabelledRows:
    """Scratch for rows of scores (N, C) and a label for each, cut into blocks.

    Parameters
    ----------
    shape : tuple of int
        (N, C).
    dtype : numpy dtype

    Attributes
    ----------
    index : ndarray of intp, shape (N,)
        The places of the labels that `locate` saw, each within its block.
    loss : ndarray, shape (N,)
        Room for a number of each row.
    ones : ndarray, shape (N,)
    """

    def __init__(self, shape, dtype):
        self.shape, self.dtype = shape, dtype
        N, C = shape
        blocks = max(1, -(-N * C * dtype.itemsize // BLOCK_BYTES))
        self._length = max(1, -(-N // blocks))
        self._blocks = range(0, N, self._length)
        self._lanes = []
        block, _ = self._scratch(0)
        self._only = block if len(self._blocks) == 1 else None
        self.index, self._labels = np.zeros(N, _intp), None
        self._labels_shape = (N,)
        rows = np.arange(N)
        self._starts, self._first = rows % self._length * C, rows // self._length
        self._first *= self._length * C
        self.loss, self._shares, self.ones = np.ones((3, N), dtype)
        self._scale = None

    def fit(self, y, target):
        """Tell at a glance whether there is nothing to check or change."""
        return (
            type(y) is type(target) is np.ndarray
            and y.shape == self.shape
            and y.dtype is self.dtype
            and target.shape == self._labels_shape
            and target.dtype is _intp
        )

    def locate(self, labels):
        """Write the places of ``labels`` to ``index``; tell whether all are classes."""
        held = None
        if labels.dtype is not _intp:
            self._labels = None
            np.copyto(self.index, labels, casting="unsafe")
            labels = self.index
        elif labels.nbytes <= SMALL:
            held = labels.tobytes()
            if held == self._labels:
                return True
        unsigned = labels.view(_uintp)  # in which a negative one is a huge one
        if not labels.size or unsigned.item(unsigned.argmax()) >= self.shape[1]:
            return False
        np.add(self._starts, labels, self.index)
        self._labels = held
        return True

    def within_blocks(self, index):
        """Return places in all rows as places within their blocks, in ``index``."""
        self._labels = None
        return np.subtract(index, self._first, self.index)

    def shares(self, w, scale):
        """Return ``w * scale``, a number for each row; None is a w of ones."""
        if w is not None:
            self._scale = None
            return np.multiply(w, scale, self._shares)
        if scale != self._scale:
            self._scale = scale
            self._shares.fill(scale)
        return self._shares

    def each(self, task, *arrays):
        """Call ``task(exponentials, *parts)`` with each block's part of the arrays.

        Arrays that are None remain None. Blocks are shared among lanes.
        """
        if self._only is not None:
            task(self._only, *arrays)
            return
        blocks, (N, C) = self._blocks, self.shape
        lanes = max(1, min(lanes_for(2 * N * C * self.dtype.itemsize), len(blocks)))
        scratch = [self._scratch(lane) for lane in range(lanes)]

        def run(lane):
            for start in blocks[share(len(blocks), lanes, lane)]:
                part = slice(start, start + self._length)
                task(
                    scratch[lane][start == blocks[-1]],
                    *[None if array is None else array[part] for array in arrays],
                )

        in_lanes(run, lanes)

    def _scratch(self, lane):
        """Return `Exponentials` of one lane, for a whole block and for the last."""
        while len(self._lanes) <= lane:
            (N, C), n = self.shape, self._length
            memory = *np.empty((2, n, C), self.dtype), *np.empty((3, n), self.dtype)
            whole = Exponentials(memory, len(self._blocks) == 1)
            last = N - self._blocks[-1] if N else 0
            self._lanes.append((whole, whole if last == n else whole.first(last)))
        return self._lanes[lane]
