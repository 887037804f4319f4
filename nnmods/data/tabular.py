"""Tables of numbers in text files: CSV."""

import csv
import io
import itertools
import math
import operator
from pathlib import Path

import numpy as np

from nnmods.data.dataset import Dataset
from nnmods.data.labels import number_labels
from nnmods.data.reading import open_data


def read_csv(path, target=-1, header="auto", *, delimiter=",", classes=None):
    """Return the data set of a CSV file: columns of numbers, and one of classes.

    Blank lines are skipped, quotes understood, gzip recognised by its content.

    Parameters
    ----------
    path : str or path-like
        The file, in UTF-8.
    target : int or str, default=-1
        The column of classes: its index, counted from 0 or, if negative, from the end;
        or its name in the header. Classes that are whole numbers stay as they are;
        names are numbered in sorted order.
    header : "auto" or bool, default="auto"
        Whether the first row holds names. "auto" says so if none of its cells beside
        the target is a number, or if ``target`` is a name.
    delimiter : str, default=","
        What stands between cells.
    classes : sequence of str, default=None
        The names of the classes in their order, where the file does not show it: a
        test file may lack a class that the training file has.

    Returns
    -------
    Dataset
        With ``x`` of shape (N, columns - 1), float64, named like the file.

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    TypeError
        If ``target`` is neither an integer nor a string.
    ValueError
        If the file is empty, not a table, or has a cell that is not a finite number;
        the error names the line, from 1, and the column, from 0.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "pets.csv"
    ...     _ = path.write_text("weight,length,kind\\n4.5,46,cat\\n9,55,dog\\n")
    ...     pets = read_csv(path, target="kind")
    >>> pets.x, pets.target, pets.classes
    (array([[ 4.5, 46. ], [ 9. , 55. ]]), array([0, 1]), ('cat', 'dog'))
    """
    rows = _read_rows(path, delimiter)
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
    column = _find_column(path, first, target, header)
    if header == "auto":
        beside = (cell for k, cell in enumerate(first) if k != column)
        header = isinstance(target, str) or not any(map(_is_number, beside))
    names = first if header else None
    if not header:
        rows = itertools.chain([(line, first)], rows)

    x, labels, places = [], [], []
    for line, cells in rows:
        if len(cells) != len(first):
            raise ValueError(
                f"{path}: line {line} has {len(cells)} cells, expected {len(first)}"
            )
        labels.append(cells[column])
        places.append(f"line {line}")
        x.append(_features(f"{path}: line {line}", cells, column, names))
    if not x:
        raise ValueError(f"{path}: has a header only, expected rows of numbers")
    numbers, classes = number_labels(path, labels, places, classes)
    return Dataset(np.stack(x), numbers, classes, Path(path).name.split(".")[0])


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


def _features(source, cells, column, names):
    """Return the numbers of a row, without those of the target's column."""
    beside = cells[:column] + cells[column + 1 :]
    try:
        x = np.fromiter(map(float, beside), np.float64, len(beside))
    except ValueError:
        x = None
    if x is None or not np.isfinite(x).all():
        bad = next(
            k for k, cell in enumerate(cells) if k != column and not _is_finite(cell)
        )
        name = f" ({names[bad]})" if names else ""
        raise ValueError(
            f"{source}: column {bad}{name} is {cells[bad]!r}, expected a finite number"
        )
    return x


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_finite(cell):
    return _is_number(cell) and math.isfinite(float(cell))
