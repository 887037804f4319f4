"""Data sets in NumPy's own files: .npz."""

import io
import math
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from nnmods.data.dataset import Dataset, check_labels
from nnmods.data.labels import number_labels

HEADERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}
#: What the readers of the standard library raise for broken files.
BROKEN = (
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_npz(path):
    """Return the data set of an .npz file with the arrays ``x`` and ``target``.

    Parameters
    ----------
    path : str or path-like
        The file, as `numpy.savez` and `numpy.savez_compressed` write it. ``X`` stands
        for ``x``, and ``y`` or ``Y`` for ``target``, where only one of them is there.
        ``target`` holds integers from 0 on, or names. Class names are read from an
        array ``classes``, if that is there. Nothing is unpickled.

    Returns
    -------
    Dataset
        With ``x`` as stored, in native byte order, named like the file.

    Raises
    ------
    OSError
        If the file is missing or cannot be read.
    ValueError
        If it is broken, lacks an array or holds it under two names, or if its arrays
        are not numbers and labels of one length.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "two.npz"
    ...     np.savez(path, x=np.eye(2), y=np.array(["b", "a"]))
    ...     two = read_npz(path)
    >>> two.target, two.classes
    (array([1, 0]), ('a', 'b'))
    """
    # From memory: there, a seek to nowhere is a ValueError and not an OSError.
    file = io.BytesIO(Path(path).read_bytes())
    try:
        with zipfile.ZipFile(file) as archive:
            x = _read(archive, "x", "X")
            target = _read(archive, "target", "y", "Y")
            classes = None
            if "classes.npy" in archive.namelist():
                classes = _read(archive, "classes")
    except BROKEN as err:
        raise ValueError(f"{path}: not a whole .npz data set: {err}") from err

    n = len(x) if x.ndim else 1
    _expect(path, "x", x, "fiub", x.ndim > 0, "(N, ...) of numbers")
    wanted = f"({n},) of integers or names, one per sample"
    _expect(path, "target", target, "iuU", target.shape == (n,), wanted)
    if classes is not None:
        _expect(path, "classes", classes, "U", classes.ndim == 1, "(K,) of names")
        classes = classes.tolist()
    if target.dtype.kind == "U" or classes is None:
        places = [f"sample {k}" for k in range(n)]
        labels = list(map(str, target.tolist()))
        target, classes = number_labels(path, labels, places, classes)
    check_labels(path, target, len(classes))
    return Dataset(x, target.astype(np.int64), classes, Path(path).name.split(".")[0])


def _expect(path, name, array, kinds, fits, wanted):
    if array.dtype.kind not in kinds or not fits:
        raise ValueError(
            f"{path}: {name} has shape {array.shape} of {array.dtype}, "
            f"expected {wanted}"
        )


def _read(archive, *names):
    """Return the array that goes by one of some names."""
    stored = [name.removesuffix(".npy") for name in archive.namelist()]
    found = [name for name in names if name in stored]
    if len(found) != 1:
        raise ValueError(
            f"has {len(found)} arrays named {' or '.join(names)}, expected one; "
            f"it holds {', '.join(stored) or 'none'}"
        )
    try:
        return _parse(archive.read(f"{found[0]}.npy"))
    except ValueError as err:
        raise ValueError(f"array {found[0]} {err}") from err


def _parse(data):
    """Return the array of the bytes of an .npy file.

    NumPy's own reader believes the header, and allocates before it reads.
    """
    file = io.BytesIO(data)
    try:
        version = npy.read_magic(file)
        if version not in HEADERS:
            raise ValueError(f"version {version}")
        shape, fortran, dtype = HEADERS[version](file)
    except (ValueError, tokenize.TokenError) as err:
        raise ValueError(f"has a broken header: {err}") from err
    if dtype.hasobject:
        raise ValueError("holds pickled objects, which are not read")
    size, got = math.prod(shape) * dtype.itemsize, len(data) - file.tell()
    if got != size or min(shape, default=0) < 0:
        raise ValueError(
            f"has {got} bytes of entries, expected {size} for shape {shape} of {dtype}"
        )
    array = np.ndarray(shape, dtype, data, file.tell(), order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="), order="K")
