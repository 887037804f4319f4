"""Arrays in files, of which no more is read than is asked for."""

import tokenize

import numpy as np

#: What NumPy raises for headers that are none.
BROKEN = (ValueError, OverflowError, SyntaxError, tokenize.TokenError)


def open_npy(path):
    """Return the array of an .npy file, mapped to memory and not read.

    `Minibatches` reads a batch of it at a time. In Fortran order the numbers of a
    sample are far apart, so that a shuffled batch goes through all of the file.

    Parameters
    ----------
    path : str or path-like
        The file, as `numpy.save` writes it.

    Returns
    -------
    numpy.memmap
        Read-only, in the dtype of the file.

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    ValueError
        If it is no whole .npy file, or one of Python objects.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "x.npy"
    ...     np.save(path, np.arange(3))
    ...     open_npy(path).sum().item()
    3
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except BROKEN as err:
        raise ValueError(f"{path}: is no .npy file that can be mapped: {err}") from err
