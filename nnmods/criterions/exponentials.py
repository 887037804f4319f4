"""Exponentials: what a softmax over rows needs, in memory that is kept."""

import numpy as np

from nnmods.criterions.labels import largest
from nnmods.criterions.snapshot import Snapshot
from nnmods.kernels.products import column_sums

#: Up to this number of classes the samples run along memory: NumPy takes 100 ns for
#: each row to reduce along a short last axis.
NARROW = 64
#: No score differs by too much from a largest one below this. To look takes less than
#: to silence NumPy, which makes the calls after it slower too.
MODERATE = 1e30
_max = np.maximum.reduce


class Exponentials:
    """Scratch for ``e = exp(y - max(y))`` of the rows of y (N, C), and for their sums.

    Parameters
    ----------
    shape : tuple of int
        (N, C).
    dtype : numpy dtype

    Attributes
    ----------
    class_axis : {0, 1}
        0 if ``e`` is laid out as (C, N), which pays for few classes, or 1 for (N, C).
    e, p : ndarray
        The exponentials, and room for a second array like it.
    top, total : ndarray, shape (1, N) or (N, 1)
        The max and the sum of each row.
    loss, picked : ndarray, shape (N,)
        Room for a number of each row.
    steps : tuple of int
        From a row to the next, and from a class to the next, in ``flat_e``.
    rows, labels : Snapshot
        Of the y that ``e`` and ``total`` are of, and the labels that ``index`` is of.
    """

    def __init__(self, shape, dtype):
        n_samples, n_classes = self.shape = shape
        self.class_axis = 0 if n_classes <= NARROW else 1
        self.e, self.p = np.empty(
            (2, *(shape if self.class_axis else shape[::-1])), dtype
        )
        self.flat_e, self.flat_p = self.e.reshape(-1), self.p.reshape(-1)
        vectors = np.empty((5, n_samples), dtype)
        self.loss, self.picked, self._flat_top, self.flat_total, self._size = vectors
        self.top = np.expand_dims(self._flat_top, self.class_axis)
        self.total = np.expand_dims(self.flat_total, self.class_axis)
        self.rows, self.labels = Snapshot(), Snapshot()
        self.index = np.zeros(n_samples, np.intp)
        # The place of label t in row n of e, laid out flat: steps[0] n + steps[1] t.
        self.steps = (n_classes, 1) if self.class_axis else (1, n_samples)
        self._starts = np.arange(n_samples) * self.steps[0]

    def locate(self, labels):
        """Write the places of ``labels`` to ``index``; tell whether all are classes."""
        if self.labels.equals(labels):
            return True
        if largest(labels) >= self.shape[1]:
            return False
        np.multiply(labels, self.steps[1], self.index, casting="unsafe")
        np.add(self.index, self._starts, self.index)
        self.labels.take(labels)
        return True

    def shift(self, rows):
        """Write y - max to ``e``."""
        e, top, axis = self.e, self.top, self.class_axis
        if axis == 0 or rows.dtype != e.dtype:
            e[...] = rows if axis else rows.T
            rows = e
        np.maximum.reduce(rows, axis, None, top, True)  # np.max adds a microsecond
        np.absolute(self._flat_top, self._size)
        if self._size.size and _max(self._size) < MODERATE:
            np.subtract(rows, top, e)
        else:  # an infinite one gives NaN, and a huge difference -inf, quietly
            with np.errstate(invalid="ignore", over="ignore"):
                np.subtract(rows, top, e)

    def exp(self, rows):
        """Write exp(y - max) over y - max, and its sums to ``total``."""
        np.exp(self.e, self.e)
        if self.class_axis == 0:
            column_sums(self.e, self.flat_total)
        else:
            np.add.reduce(self.e, 1, None, self.total, True)
        self.rows.take(rows)
