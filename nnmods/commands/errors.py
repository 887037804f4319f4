"""Errors that a user of the command line can mend: one line, and no traceback."""

import traceback
from pathlib import Path


class CommandError(Exception):
    """What ends a command.

    Parameters
    ----------
    message : str
    code : int, default=2
        The exit code.
    """

    def __init__(self, message, code=2):
        super().__init__(message)
        self.code = code


def one_line(err):
    """Return the text of an error and its notes, on one line.

    Examples
    --------
    >>> err = ValueError("x has shape (2,),\\n expected (3,)")
    >>> err.add_note("in module 1 of Sequential")
    >>> one_line(err)
    'x has shape (2,), expected (3,) (in module 1 of Sequential)'
    """
    if isinstance(err, OSError) and err.filename is not None and err.strerror:
        text = f"{err.filename}: {err.strerror}"
    elif isinstance(err, SyntaxError):
        text = err.msg  # str(err) has the place as well, which `locate` finds
    else:
        text = str(err)
    notes = "".join(f" ({note})" for note in getattr(err, "__notes__", ()))
    return " ".join(f"{text}{notes}".split()) or type(err).__name__


def blamed(option, value, err):
    """Return the `CommandError` of an option whose value led to an error.

    Examples
    --------
    >>> blamed("--data", "a.csv", ValueError("a.csv: is empty"))
    CommandError('--data a.csv: is empty')
    """
    text = one_line(err).removeprefix(f"{value}: ")
    return CommandError(f"{option} {value}: {text}")


def locate(err, path):
    """Return the last line of the file ``path`` that an error passed, or None.

    For an error of its syntax it is the line that is wrong.
    """
    if isinstance(err, SyntaxError) and _same_file(err.filename, path):
        return err.lineno
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(err.__traceback__)
        if _same_file(frame.filename, path)
    ]
    return lines[-1] if lines else None


def _same_file(name, path):
    return name is not None and Path(name).absolute() == Path(path).absolute()
