"""Tables of numbers in text files: CSV."""

from pathlib import Path

import numpy as np

from nnmods.data.cells import numbers, read_cells
from nnmods.data.dataset import Dataset
from nnmods.data.labels import number_labels


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
    rows, columns, _ = read_cells(path, [target], header, delimiter)
    labels = [cells[columns[0]] for _, _, cells in rows]
    places = [place for place, _, _ in rows]
    numbered, classes = number_labels(path, labels, places, classes)
    x = np.stack([beside for _, beside, _ in rows])
    return Dataset(x, numbered, classes, Path(path).name.split(".")[0])


def read_regression(path, target=-1, header="auto", *, delimiter=","):
    """Return the samples of a CSV file, and the numbers to be predicted from them.

    Parameters
    ----------
    path : str or path-like
        The file, in UTF-8.
    target : int, str or list of these, default=-1
        The column or columns of targets, as in `read_csv`.
    header, delimiter
        As in `read_csv`.

    Returns
    -------
    x : ndarray of float64, shape (N, columns - T)
        The other columns.
    target : ndarray of float64, shape (N, T)
        Those T columns, in the order asked for.

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    TypeError
        If a column is neither an integer nor a string.
    ValueError
        As in `read_csv`; or if a column is asked for twice.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "houses.csv"
    ...     _ = path.write_text("rooms,age,price\\n3,40,1.5\\n5,10,4\\n")
    ...     x, target = read_regression(path, target="price")
    >>> x, target
    (array([[ 3., 40.], [ 5., 10.]]), array([[1.5], [4. ]]))
    """
    asked = list(target) if isinstance(target, (list, tuple)) else [target]
    rows, columns, names = read_cells(path, asked, header, delimiter)
    if len(set(columns)) < len(columns) or not columns:
        raise ValueError(
            f"{path}: target is columns {columns}, expected one or more that differ"
        )
    targets = [
        numbers(f"{path}: {place}", cells, columns, names) for place, _, cells in rows
    ]
    return np.stack([beside for _, beside, _ in rows]), np.stack(targets)
