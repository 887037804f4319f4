"""Cells: the rows of a CSV file, and the numbers in them."""

import csv
import io
import itertools
import math
import operator
from contextlib import closing

import numpy as np

from nnmods.data.reading import open_data


def read_cells(path, target, header, delimiter):
    """Return the rows of a CSV file, the target's columns apart from the others.

    Parameters
    ----------
    path : str or path-like
    target : list of int or str
        The target's columns, as in `read_csv`.
    header, delimiter
        As in `read_csv`.

    Returns
    -------
    rows : list of (place, beside, cells)
        The place for errors, the numbers of the other columns, all cells.
    columns : list of int
        Where the target is.
    names : list of str, or None
        The header.
    """
    with closing(_read_rows(path, delimiter)) as rows:  # the file, after an error too
        return _interpret(path, rows, target, header, delimiter)


def _interpret(path, rows, target, header, delimiter):
    line, first = next(rows, (0, None))
    if first is None:
        raise ValueError(f"{path}: is empty, expected rows of cells")
    if len(first) < 2:
        raise ValueError(
            f"{path}: line {line} has {len(first)} cell, expected 2 or more separated "
            f"by {delimiter!r}"
        )
    if header not in ("auto", True, False):
        raise ValueError(f"header is {header!r}, expected 'auto', True or False")
    columns = [_find_column(path, first, each, header) for each in target]
    others = [k for k in range(len(first)) if k not in columns]
    if header == "auto":
        named = any(isinstance(each, str) for each in target)
        header = named or not any(_is_number(first[k]) for k in others)
    names = first if header else None
    if not header:
        rows = itertools.chain([(line, first)], rows)

    found = []
    for line, cells in rows:
        place = f"line {line}"
        if len(cells) != len(first):
            raise ValueError(
                f"{path}: {place} has {len(cells)} cells, expected {len(first)}"
            )
        found.append((place, numbers(f"{path}: {place}", cells, others, names), cells))
    if not found:
        raise ValueError(f"{path}: has a header only, expected rows of numbers")
    return found, columns, names


def numbers(source, cells, columns, names):
    """Return the numbers in some columns of a row.

    Raises
    ------
    ValueError
        Which names the column of the first cell that is no finite number.
    """
    beside = [cells[k] for k in columns]
    try:
        x = np.fromiter(map(float, beside), np.float64, len(beside))
    except ValueError:
        x = None
    if x is None or not np.isfinite(x).all():
        bad = next(k for k in columns if not _is_finite(cells[k]))
        name = f" ({names[bad]})" if names else ""
        raise ValueError(
            f"{source}: column {bad}{name} is {cells[bad]!r}, expected a finite number"
        )
    return x


def _read_rows(path, delimiter):
    """Yield (line, cells), the cells stripped, of each row that is not blank."""
    with open_data(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                cells = [cell.strip() for cell in cells]
                if cells not in ([], [""]):
                    yield reader.line_num, cells
        except (csv.Error, UnicodeDecodeError) as err:
            raise ValueError(
                f"{path}: after line {reader.line_num}: not a CSV file in UTF-8: {err}"
            ) from err


def _find_column(path, first, target, header):
    """Return the index of the target's column."""
    if not isinstance(target, str):
        column = operator.index(target)
        if not -len(first) <= column < len(first):
            raise ValueError(
                f"{path}: target is column {column}, expected one of {len(first)}"
            )
        return column % len(first)
    if header is False:
        raise ValueError(f"target is {target!r}, expected an index if header=False")
    if first.count(target) != 1:
        raise ValueError(
            f"{path}: header has {first.count(target)} columns named {target!r}, "
            f"expected one; it has {', '.join(first)}"
        )
    return first.index(target)


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_finite(cell):
    return _is_number(cell) and math.isfinite(float(cell))
