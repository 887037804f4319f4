"""RawReader: the raw objects of a `.t7` file of any format."""

from nnmods.interop.t7.ascii_source import AsciiSource
from nnmods.interop.t7.data import Data
from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.parser import Parser
from nnmods.interop.t7.sources import BinarySource


class RawReader:
    """Reads raw objects, and finds out what format they are in.

    A type id comes first, 0 to 8: a digit and an end of line in ASCII, an int of four
    bytes in binary. Whether a long has 8 bytes or 4, as on Windows and on 32-bit
    machines, shows where reading fails with 8.

    Parameters
    ----------
    file : binary file
    mmap : bool
    referenced : bool
    """

    def __init__(self, file, mmap=False, referenced=True):
        self.data = Data(file, mmap)
        start = bytes(self.data.view[self.data.start : self.data.start + 4])
        if not start:
            raise T7Error("the file is empty, expected an object", self.data.start)
        if start[:1] in b"012345678" and start[1:2] in b"\n":
            source = AsciiSource(self.data)
        else:
            order = "<" if start[0] or start == bytes(4) else ">"
            source = BinarySource(self.data, order)
        self.parser = Parser(source, referenced)
        self._sure = False  # whether the size of a long is known

    @property
    def source(self):
        return self.parser.source

    @property
    def at_end(self):
        """Whether nothing is left."""
        return not self.source.left

    def read(self):
        """Return the next raw object."""
        known, source, at = len(self.parser.objects), self.source, self.source.at
        try:
            made = self.parser.read()
        except T7Error as err:
            if self._sure or not source.has_longs or not self._try_short(known, at):
                raise
            try:
                made = self.parser.read()
            except T7Error as second:  # what came further is the likelier
                raise (second if self.source.at > source.at else err) from None
        self._sure |= self.source.has_longs
        return made

    def _try_short(self, known, at):
        """Go back to where an object starts, to read longs of 4 bytes.

        The first ``known`` objects stand before it.
        """
        source = self.source
        if not isinstance(source, BinarySource) or source.long_size == 4:
            return False
        while len(self.parser.objects) > known:
            self.parser.objects.popitem()
        self.parser.source = BinarySource(self.data, source.order, 4)
        self.source.at = at
        return True
