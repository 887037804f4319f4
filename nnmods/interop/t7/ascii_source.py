"""AsciiSource: the numbers and strings of a `.t7` file in ASCII."""

import re
import warnings

import numpy as np

from nnmods.interop.t7.sources import Source

#: Bytes of text that become numbers at a time.
_PIECE = 1 << 20
#: No number that Torch7 writes is longer than this in ASCII.
_LONGEST = 64
_INTEGER = re.compile(rb" *[+-]?[0-9]{1,20}(?=\s|\Z)")
_REAL = re.compile(
    rb" *[+-]?([0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?|nan|inf)(?=\s|\Z)", re.IGNORECASE
)


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
        self.at += match.end()
        self._end_line()
        return kind(match[0])

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
