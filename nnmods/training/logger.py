"""Logger: the numbers of a training, row by row in a file."""

import os
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path

from nnmods.training.logger_rows import (
    as_field,
    as_line,
    check_names,
    parse,
    whole_lines,
)


class Logger:
    """A table of numbers, written to a CSV file as it grows.

    Each row is handed to the operating system as one piece before `add` returns: a
    run that is killed loses none, and a row that could not be written is taken back.
    The file is open only while it is written to. `read_log` returns the columns, bit
    by bit.

    Parameters
    ----------
    path : str or path-like
        The file; it is emptied, or made.
    names : sequence of str, default=None
        Of the columns. None takes those of the first row, which is a dict then.
    append : bool, default=False
        Whether to go on with what is in the file. A last line that a killed run left
        without its end is dropped.

    Attributes
    ----------
    path : Path
    names : tuple of str, or None before the first row

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError, ValueError
        If the names are not different lines of text, or the file to go on with is no
        such table, or has other names. It is as it was then.

    References
    ----------
    .. [1] Torch7, optim, ``Logger``, whose ``setNames`` is ``names`` here; its ``plot``
           is `nnmods.drawing.draw_log`.

    Examples
    --------
    >>> import tempfile
    >>> from nnmods.training import read_log
    >>> folder = tempfile.TemporaryDirectory()
    >>> log = Logger(f"{folder.name}/log.csv")
    >>> log.add({"train cost": 0.5, "test cost": None})
    >>> log.add(0.25, 0.75)
    >>> print(log.path.read_text(), end="")
    train cost,test cost
    0.5,
    0.25,0.75
    >>> len(log), read_log(log.path)["train cost"]
    (2, array([0.5 , 0.25]))
    >>> folder.cleanup()
    """

    def __init__(self, path, names=None, append=False):
        self.path = Path(path)
        self.names, self._rows, self._end = None, 0, 0
        wanted = None if names is None else check_names(names)
        if append and self.path.exists():
            self._take_over(whole_lines(self.path), wanted)
        with open(self.path, "ab") as file:
            file.truncate(self._end)
        if self.names is None and wanted is not None:
            self._write(wanted)
            self.names = wanted

    def add(self, *values):
        """Append a row: a dict of all names, or a number for each of them, in order.

        Numbers are real; nan and infinities are kept, and None leaves its field empty.

        Raises
        ------
        OSError
            If the file is gone or cannot be written, as on a full disk.
        RuntimeError
            If it was changed by others.
        TypeError, ValueError
            If a value is no number, or there are other names or too few or too many.
            The file is as it was after every error.
        """
        names = self.names
        if len(values) == 1 and isinstance(values[0], Mapping):
            (row,) = values
            if names is None:
                names = check_names(row)
            elif row.keys() != set(names):
                raise ValueError(
                    f"{self!r}: row has names {', '.join(map(str, row))}, expected "
                    f"{', '.join(names)}"
                )
            values = [row[name] for name in names]
        elif names is None:
            raise RuntimeError(
                f"{self!r}: row has no names, expected a dict; the log has none yet"
            )
        elif len(values) != len(names):
            raise ValueError(
                f"{self!r}: row has {len(values)} values, expected {len(names)}: "
                f"{', '.join(names)}"
            )
        fields = [
            as_field(self, name, value)
            for name, value in zip(names, values, strict=True)
        ]
        self._write(*([names] if self.names is None else []), fields)
        self.names = names
        self._rows += 1

    def truncate(self, n):
        """Keep the first n rows only, such as those before a checkpoint.

        Raises
        ------
        RuntimeError
            If the file was changed by others.
        TypeError, ValueError
            If there are not that many.
        """
        if isinstance(n, bool) or not isinstance(n, Integral):
            raise TypeError(
                f"{self!r}: n has type {type(n).__name__}, expected an integer"
            )
        if not 0 <= n <= self._rows:
            raise ValueError(f"{self!r}: n has value {n}, expected 0 to {self._rows}")
        if n == self._rows:
            return
        with open(self.path, "r+b") as file:
            self._check_end(file)
            file.seek(0)
            end = sum(len(file.readline()) for _ in range(n + 1))
            file.truncate(end)
        self._rows, self._end = int(n), end

    def _take_over(self, lines, wanted):
        """Go on after these lines of the file."""
        if not lines:
            return
        names, rows = parse(f"Logger: {self.path}", lines)
        if wanted not in (None, names):
            raise ValueError(
                f"{self!r}: file has names {', '.join(names)}, expected "
                f"{', '.join(wanted)}"
            )
        self.names, self._rows, self._end = names, len(rows), sum(map(len, lines))

    def _write(self, *rows):
        data = "".join(map(as_line, rows)).encode()
        with open(self.path, "r+b", buffering=0) as file:
            self._check_end(file)
            try:
                done = 0
                while done < len(data):  # less at once if the disk is nearly full
                    done += file.write(data[done:])
            except BaseException:
                file.truncate(self._end)
                raise
        self._end += len(data)

    def _check_end(self, file):
        end = file.seek(0, os.SEEK_END)
        if end != self._end:
            raise RuntimeError(
                f"{self!r}: the file has {end} bytes, expected {self._end}; "
                "another program wrote to it"
            )

    def __len__(self):
        return self._rows

    def __repr__(self):
        return f"Logger({str(self.path)!r})"
