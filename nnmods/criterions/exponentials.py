"""Exponentials: what a softmax over rows needs, in memory that is kept."""

import numpy as np

#: Up to this number of classes the samples run along memory: NumPy takes 100 ns for
#: each row to reduce along a short last axis.
NARROW = 64


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
    """

    def __init__(self, shape, dtype):
        n_samples, n_classes = self.shape = shape
        self.class_axis = 0 if n_classes <= NARROW else 1
        self.e, self.p = np.empty(
            (2, *(shape if self.class_axis else shape[::-1])), dtype
        )
        self.flat_e, self.flat_p = self.e.reshape(-1), self.p.reshape(-1)
        self.loss, self.picked, top, self.flat_total = np.empty((4, n_samples), dtype)
        self.top = np.expand_dims(top, self.class_axis)
        self.total = np.expand_dims(self.flat_total, self.class_axis)
        self._rows = np.full(shape, np.nan, dtype)  # NaN equals nothing: not computed
        self._equal = np.empty(shape, np.bool_)

    def shift(self, rows):
        """Write y - max to ``e``."""
        e, top, axis = self.e, self.top, self.class_axis
        if axis == 0 or rows.dtype != e.dtype:
            e[...] = rows if axis else rows.T
            rows = e
        np.maximum.reduce(rows, axis, None, top, True)  # np.max adds a microsecond
        np.subtract(rows, top, e)

    def exp(self, rows):
        """Write exp(y - max) over y - max, and its sums to ``total``."""
        np.exp(self.e, self.e)
        np.add.reduce(self.e, self.class_axis, None, self.total, True)
        self._rows[...] = rows

    def are_of(self, rows):
        """Tell whether ``e`` and ``total`` are those of these rows.

        By their contents: memory that is reused tells nothing.
        """
        np.equal(rows, self._rows, self._equal)
        return np.logical_and.reduce(self._equal, None)
