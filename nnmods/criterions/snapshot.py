"""Snapshot: what an array held, to tell whether it holds that still."""

import numpy as np

#: Up to this size Python's bytes are compared in a fifth of the time of a ufunc.
SMALL = 8192


class Snapshot:
    """The contents of an array at some time, in memory that is kept.

    By contents, not by address: a buffer that is reused looks the same from outside.

    Examples
    --------
    >>> x, before = np.ones(3), Snapshot()
    >>> before.take(x)
    >>> x[1] = 2
    >>> before.equals(x)
    False
    """

    def __init__(self):
        self._bytes = self._copy = self._equal = None

    def take(self, array):
        """Remember what ``array`` holds."""
        if array.nbytes <= SMALL:
            self._bytes = array.tobytes()
            return
        self._bytes, copy = None, self._copy
        if copy is None or copy.shape != array.shape or copy.dtype != array.dtype:
            self._copy = copy = np.empty_like(array)
            self._equal = np.empty_like(array, np.bool_)
        np.copyto(copy, array)

    def equals(self, array):
        """Tell whether ``array``, of the shape and dtype before, holds the same.

        A NaN may count as a difference.
        """
        if array.nbytes <= SMALL:
            return self._bytes == array.tobytes()
        if self._bytes is not None or self._copy is None:
            return False
        np.equal(array, self._copy, self._equal)
        return bool(np.logical_and.reduce(self._equal, None))
