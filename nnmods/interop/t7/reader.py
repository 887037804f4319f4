"""T7Reader: the objects of a `.t7` file, one after the other."""

import os
from contextlib import ExitStack

from nnmods.interop.t7.errors import T7Error
from nnmods.interop.t7.files import is_path
from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.raw_reader import RawReader


class T7Reader:
    """The objects of a `.t7` file that holds several, one after the other.

    What one object shares with an earlier one is shared here too. Such a file numbers
    its objects once; what several calls of `save_t7` wrote, each from 1 on, is read by
    as many of `load_t7`.

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
        if is_path(file, "read", "T7Reader"):
            self.name = os.fspath(file)
            file = self._open.enter_context(open(file, "rb", buffering=0))
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
