"""Sources: the numbers and strings of a `.t7` file, binary or ASCII."""

import re
import struct
import warnings

import numpy as np

from nnmods.interop.t7.errors import T7Error

#: Bytes of text that become numbers at a time.
_PIECE = 1 << 20
#: No number that Torch7 writes is longer than this in ASCII.
_LONGEST = 64
_INTEGER = re.compile(rb" *[+-]?[0-9]{1,20}")
_REAL = re.compile(rb" *[+-]?([0-9][0-9.]*(e[+-]?[0-9]+)?|nan|inf)", re.IGNORECASE)


class Source:
    """What both formats have in common: a position, and how much is left.

    Parameters
    ----------
    data : `Data`
    """

    def __init__(self, data):
        self.data = data
        self.view = data.view
        self.at = data.start

    @property
    def left(self):
        """How many bytes there are after the position."""
        return len(self.view) - self.at

    def fail(self, got, wanted, at=None):
        """Raise a T7Error that stands where reading stands."""
        raise T7Error(f"{got}, expected {wanted}", self.at if at is None else at)

    def need(self, n, what):
        """Return the position, and go on by n bytes, which must be there."""
        if not 0 <= n <= self.left:
            self.fail(f"{self.left} bytes are left", f"{n} for {what}")
        at = self.at
        self.at += n
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


class AsciiSource(Source):
    """ASCII: numbers in lines, and strings as they are, each with an end of line."""

    has_longs = False
    long_size = 8

    def int(self):
        return self._number(_INTEGER, int, "an integer")

    def double(self):
        return self._number(_REAL, float, "a number")

    def longs(self, n):
        return self.numbers(np.dtype(np.int64), n).tolist()

    def chars(self, n):
        at = self.need(n, "a string")
        text = bytes(self.view[at : at + n])
        if n:
            self._end_line()
        return text

    def numbers(self, dtype, n):
        if not n:
            return np.empty(0, dtype)
        if dtype.itemsize == 1:  # written as characters
            return np.frombuffer(bytearray(self.chars(n)), dtype)
        if 2 * n - 1 > self.left:
            self.fail(f"{self.left} bytes are left", f"{2 * n - 1} for {n} numbers")
        array, done, line = np.empty(n, dtype), 0, self.at
        for at, text in self._pieces():
            numbers = _parsed(text, dtype)
            if numbers is None:
                self.fail(f"{text[:20]!r} stands here", f"numbers of {dtype}", at)
            if done + len(numbers) > n:
                self.fail("a line has more numbers", f"{n}", line)
            array[done : done + len(numbers)] = numbers
            done += len(numbers)
            self.data.show(self.at)
        if done != n:
            self.fail(f"a line has {done} numbers", f"{n}", line)
        return array

    def _number(self, pattern, kind, wanted):
        text = bytes(self.view[self.at : self.at + _LONGEST])
        match = pattern.match(text)
        if match is None:
            self.fail(f"{text[:12]!r} stands here", wanted)
        at = self.at
        self.at += match.end()
        try:
            number = kind(match[0])
        except ValueError:
            self.fail(f"{match[0]!r} stands here", wanted, at)
        self._end_line()
        return number

    def _pieces(self):
        """Yield parts of the rest of the line, cut at spaces, and go on behind it."""
        end = self.view.find(b"\n", self.at)
        end = len(self.view) if end < 0 else end
        while self.at < end:
            at, cut = self.at, min(self.at + _PIECE, end)
            if cut < end:
                space = self.view.find(b" ", cut, end)
                cut = end if space < 0 else space
            self.at = cut
            yield at, bytes(self.view[at:cut])
        self.at = min(end + 1, len(self.view))

    def _end_line(self):
        if bytes(self.view[self.at : self.at + 1]) == b"\n":  # else none was written
            self.at += 1


def _parsed(text, dtype):
    """Return the numbers of a text, or None if it has something else."""
    exact = dtype if dtype.kind == "f" and dtype.itemsize > 2 else None
    exact = exact or np.dtype(np.int64 if dtype.kind == "i" else np.float64)
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("error", DeprecationWarning)
        try:
            numbers = np.fromstring(text, exact, sep=" ")
        except (DeprecationWarning, ValueError):
            return None
        short = numbers.astype(dtype, copy=False)
    return None if dtype.kind == "i" and (short != numbers).any() else short
