"""Rows of a log: names and numbers to lines of a CSV file, and back."""

import csv
import io
from numbers import Integral, Real

import numpy as np


def read_log(path):
    """Return the columns of a log.

    A last line without its end is left out: the log may still grow, or its run was
    killed.

    Parameters
    ----------
    path : str or path-like
        What a `Logger` wrote.

    Returns
    -------
    dict of str to ndarray
        A float64 array for each name, in the order of the file; nan stands for an
        empty field as well. It is empty before the first row has given the names.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no such table.
    """
    lines = whole_lines(path)
    if not lines:
        return {}
    names, rows = parse(f"read_log: {path}", lines)
    columns = np.array(rows, np.float64).reshape(-1, len(names)).T
    return dict(zip(names, map(np.copy, columns), strict=True))


def whole_lines(path):
    """Return the lines of a file, as bytes, without a last one that has no end."""
    with open(path, "rb") as file:
        lines = file.readlines()
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    return lines


def parse(owner, lines):
    """Return the names in the first line, and a list of numbers for each other.

    Raises
    ------
    ValueError
        If they are no such table.
    """
    try:
        text = [line.decode() for line in lines]
        (first, *others) = csv.reader(text, strict=True)
    except (csv.Error, UnicodeDecodeError) as err:
        raise ValueError(f"{owner}: is no CSV file ({err})") from err
    if len(others) + 1 != len(lines):  # a field with a line break inside
        raise ValueError(f"{owner}: is no CSV file with a row in each line")
    names = check_names(first, owner)
    rows = []
    for number, fields in enumerate(others, 2):
        if len(fields) != len(names):
            raise ValueError(
                f"{owner}: line {number} has {len(fields)} fields, expected "
                f"{len(names)}"
            )
        try:
            rows.append([float(field or "nan") for field in fields])
        except ValueError:
            raise ValueError(
                f"{owner}: line {number} has fields {', '.join(fields)}, expected "
                "numbers"
            ) from None
    return names, rows


def check_names(names, owner="Logger"):
    """Return the names of columns as a tuple, once known to be such."""
    if isinstance(names, str):
        raise TypeError(f"{owner}: names has type str, expected a sequence of them")
    names = tuple(names)
    if not names:
        raise ValueError(f"{owner}: names has length 0, expected at least 1")
    for name in names:
        if not isinstance(name, str):
            raise TypeError(
                f"{owner}: names has an entry of type {type(name).__name__}, expected "
                "text"
            )
        if name.splitlines() != [name] or "\0" in name:
            raise ValueError(f"{owner}: names has {name!r}, expected one line of text")
        if names.count(name) > 1:
            raise ValueError(f"{owner}: names has {name!r} twice, expected it once")
    return names


def as_field(owner, name, value):
    """Return a number as the text that `float` turns into its bits; "" for None."""
    if value is None:
        return ""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{owner}: {name!r} has type {type(value).__name__}, expected a number or "
            "None"
        )
    return str(int(value)) if isinstance(value, Integral) else repr(float(value))


def as_line(fields):
    """Return the line of a CSV file for some texts."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(fields)
    return line.getvalue()
