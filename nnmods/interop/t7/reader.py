"""T7Reader: the objects of a `.t7` file, one after the other."""

import os
from contextlib import ExitStack

from nnmods.interop.t7.data import Data
from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.parser import Parser
from nnmods.interop.t7.sources import AsciiSource, BinarySource


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
        known, source, at = dict(self.parser.objects), self.source, self.source.at
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
        """Go back to where an object starts, to read longs of 4 bytes."""
        source = self.source
        if not isinstance(source, BinarySource) or source.long_size == 4:
            return False
        self.parser = Parser(
            BinarySource(self.data, source.order, 4), self.parser.referenced
        )
        self.parser.objects, self.source.at = known, at
        return True


class T7Reader:
    """The objects of a `.t7` file that holds several, one after the other.

    What one object shares with an earlier one is shared here too.

    Parameters
    ----------
    file : str, path-like or binary file
        A file that is open is read from where it stands.
    mmap : bool, default=False
        See `load_t7`.
    referenced : bool, default=True
        See `load_t7`.

    Examples
    --------
    >>> import io
    >>> with T7Reader(io.BytesIO(b"1\\n3.5\\n5\\n1\\n")) as reader:
    ...     list(reader)
    [3.5, True]
    """

    def __init__(self, file, *, mmap=False, referenced=True):
        self.name, self._open = None, ExitStack()
        if isinstance(file, (str, os.PathLike)):
            self.name = os.fspath(file)
            file = self._open.enter_context(open(file, "rb", buffering=0))
        elif not hasattr(file, "read"):
            raise TypeError(
                f"T7Reader: file has type {type(file).__name__}, expected a path or a "
                "binary file"
            )
        try:
            with self._errors():
                self._raw = RawReader(file, mmap, referenced)
        except BaseException:
            self.close()
            raise
        self._open.callback(self._raw.data.close)
        self._lifting = Lifting()

    def read(self):
        """Return the next object.

        Raises
        ------
        T7Error
            If the file is damaged, or holds what cannot be understood.
        EOFError
            If there is none left.
        """
        if self._raw.at_end:
            raise EOFError(f"{self.name or 'T7Reader'}: no object is left")
        with self._errors():
            return self._lifting.lift(self._raw.read())

    def leave(self):
        """Put an open file, if that can be, to where the next object starts."""
        self._raw.data.leave(self._raw.source.at)

    def __iter__(self):
        while not self._raw.at_end:
            yield self.read()

    def close(self):
        """Close the file, if it was opened here."""
        self._open.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def _errors(self):
        return _Naming(self.name)


class _Naming:
    """Puts the name of the file before a T7Error."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, err, trace):
        if isinstance(err, T7Error) and self.name is not None:
            named = T7Error(f"{self.name}: {err}")
            named.offset = err.offset
            raise named.with_traceback(trace) from err.__cause__
        return False
