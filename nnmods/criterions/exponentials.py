"""Exponentials: what a softmax over a block of rows needs."""

import numpy as np

from nnmods.criterions.snapshot import SMALL

#: Scores up to this size go into exp as they are: three passes less. The logarithm of
#: their sum is then larger by as much, and rounded accordingly: in float32 by 2.4e-7
#: where it is below 8, but by 1e-6 where it is above 16, whatever the cost is.
MODERATE = 4
#: No difference of scores up to this size overflows, in float32 or float64. To look
#: takes less than to silence NumPy, which makes the calls after it slower too.
FINITE = 1e30
#: Up to this number of classes the largest of each row is found in a transposed copy:
#: NumPy takes 75 ns for each row to reduce along a short last axis.
NARROW = 64


class Exponentials:
    """Scratch for ``e = exp(y - shift)`` of a block of rows y (n, C), and their sums.

    The shift is 0 where all scores are moderate, else the largest of each row.

    Parameters
    ----------
    memory : tuple of ndarray
        ``e`` and ``room`` (n, C); ``total``, ``factor`` and ``picked`` (n,).
    keeps : bool
        Whether nobody else writes to its memory.

    Attributes
    ----------
    e, total : ndarray
        The exponentials, and the sum of each row.
    room, factor, picked : ndarray
        For other numbers of the same shapes.
    """

    def __init__(self, memory, keeps):
        self.e, self.room, self.total, self.factor, self.picked = self._memory = memory
        self._keeps, self._held = keeps, None
        self._ones = np.ones(self.e.shape[1], self.e.dtype)
        self._factor_column = self.factor[:, None]
        self._turned = self.room.reshape(self.room.shape[::-1])
        self._limit = MODERATE if self.e.dtype.itemsize > 2 else 0

    def shift(self, rows):
        """Return y - shift: ``rows`` itself, or ``e``."""
        e = self.e
        if rows.dtype is not e.dtype or not rows.flags.c_contiguous:
            np.copyto(e, rows)
            rows = e
        # argmax stops at a NaN, and takes a quarter of the time of a reduction.
        low, high = rows.item(rows.argmin()), rows.item(rows.argmax())
        if -self._limit <= low and high <= self._limit:
            return rows
        top = self.spread(self._largest(rows))
        if -FINITE <= low and high <= FINITE:
            return np.subtract(rows, top, e)
        # An infinite one gives NaN, and a huge difference -inf, quietly.
        with np.errstate(invalid="ignore", over="ignore"):
            return np.subtract(rows, top, e)

    def exp(self, scores, rows):
        """Write exp of what `shift` made of ``rows`` to ``e``, sums to ``total``."""
        np.exp(scores, self.e)
        self.e.dot(self._ones, self.total)
        small = self._keeps and rows.nbytes <= SMALL
        self._held = rows.tobytes() if small else None

    def hold(self, rows):
        """Let ``e`` and ``total`` be those of ``rows``, if they are not already.

        Many rows are asked for again: to compare them, and to keep what is made of them
        until then, takes as long as the exponentials.
        """
        if self._held is None or self._held != rows.tobytes():
            self.exp(self.shift(rows), rows)

    def pull(self, index, share, whole, out):
        """Write ``whole * p`` to ``out``, less ``share`` at the labels.

        Parameters
        ----------
        index : ndarray of intp, shape (n,)
            Places of the labels in ``e``.
        share, whole : ndarray, shape (n,)
        out : ndarray, shape (n, C)
        """
        np.divide(whole, self.total, self.factor)
        p = out if out.flags.c_contiguous else self.room
        np.copyto(p, self._factor_column)
        np.multiply(self.e, p, p)
        flat = p.reshape(-1)
        flat.take(index, None, self.picked, "clip")  # "raise" copies picked first
        flat[index] = np.subtract(self.picked, share, self.picked)
        if p is not out:
            out[...] = p

    def spread(self, numbers):
        """Return a number of each row as one of each entry, in ``room``.

        NumPy buffers an operand that it broadcasts along rows: this takes less time,
        and no memory.
        """
        self.room[...] = numbers[:, None]
        return self.room

    def first(self, n):
        """Return scratch for ``n`` rows only, in the same memory."""
        return Exponentials([part[:n] for part in self._memory], False)

    def _largest(self, rows):
        """Return the largest of each row."""
        if rows.shape[1] > NARROW:
            return np.maximum.reduce(rows, 1, None, self.factor)
        self._turned[...] = rows.T
        return np.maximum.reduce(self._turned, 0, None, self.factor)
