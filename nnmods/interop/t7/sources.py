"""Sources: the numbers and strings of a binary `.t7` file."""

import struct

import numpy as np

from nnmods.interop.t7.errors import T7Error


class Source:
    """What both formats have in common: a position, and how much is left.

    Parameters
    ----------
    data : `Data`
    """

    def __init__(self, data):
        self.data = data
        self.view = data.view
        self.at, self.end = data.start, len(data.view)

    @property
    def left(self):
        """How many bytes there are after the position."""
        return self.end - self.at

    def fail(self, got, wanted, at=None):
        """Raise a T7Error that stands where reading stands."""
        raise T7Error(f"{got}, expected {wanted}", self.at if at is None else at)

    def need(self, n, what):
        """Return the position, and go on by n bytes, which must be there."""
        at = self.at
        if not 0 <= n <= self.end - at:
            self.fail(f"{self.left} bytes are left", f"{n} for {what}")
        self.at = at + n
        return at

    def size(self, what):
        """Return an int that says how many of something follow."""
        at, n = self.at, self.int()
        if not 0 <= n <= self.left:
            self.fail(f"{what} has size {n}", f"0 to {self.left}, what is left", at)
        return n


class BinarySource(Source):
    """Binary: ``order`` is ``"<"`` or ``">"``, and a long has 4 or 8 bytes."""

    def __init__(self, data, order, long_size=8):
        super().__init__(data)
        self.order, self.long_size = order, long_size
        self.has_longs = False  # whether the size of a long was ever used
        self._int = struct.Struct(f"{order}i").unpack_from
        self._double = struct.Struct(f"{order}d").unpack_from

    def int(self):
        return self._int(self.view, self.need(4, "an int"))[0]

    def double(self):
        return self._double(self.view, self.need(8, "a double"))[0]

    def longs(self, n):
        """Return a list of n longs."""
        self.has_longs = True
        at = self.need(n * self.long_size, f"{n} longs")
        code = "q" if self.long_size == 8 else "i"
        return list(struct.unpack_from(f"{self.order}{n}{code}", self.view, at))

    def chars(self, n):
        """Return n bytes."""
        at = self.need(n, "a string")
        return bytes(self.view[at : at + n])

    def numbers(self, dtype, n):
        """Return an array of n numbers, its own memory or the file's."""
        here = (
            np.dtype(np.int32) if dtype == np.int64 and self.long_size == 4 else dtype
        )
        at = self.need(n * here.itemsize, f"{n} numbers of {here.itemsize} bytes")
        array = self.data.array(here.newbyteorder(self.order), n, at)
        return array.astype(dtype, copy=False)
