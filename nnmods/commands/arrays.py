"""Arrays of NumPy's files as inputs of a network."""

import re

import numpy as np
from numpy.lib import format as npy

from nnmods.commands.errors import CommandError, blamed
from nnmods.commands.t7_text import shape_text
from nnmods.core.parameters import named_parameters
from nnmods.core.tables import is_table, map_table
from nnmods.data.npz import BROKEN

#: How .npy files begin, and archives with something or nothing in them.
MAGIC = (npy.MAGIC_PREFIX, b"PK\x03\x04", b"PK\x05\x06")


def read_arrays(option, path):
    """Return the array of an .npy file, or the table of an .npz file.

    The table has the order of the names, 2 before 10; of one array it is that itself.

    Raises
    ------
    CommandError
        If it cannot be read, or holds anything but real numbers; it names the option.
    """
    try:
        with open(path, "rb") as file:
            if not file.read(6).startswith(MAGIC):
                raise ValueError("is no file of NumPy, expected .npy or .npz")
            file.seek(0)
            found = np.load(file, allow_pickle=False)
            if isinstance(found, np.ndarray):
                found = {"": found}
            names = sorted(found, key=_natural)
            arrays = [np.asarray(found[name]) for name in names]
    except (OSError, MemoryError, *BROKEN) as err:
        raise blamed(option, path, err) from err
    for array in arrays:
        if array.dtype.kind not in "fiub":
            raise CommandError(
                f"{option} {path}: has dtype {array.dtype}, expected real numbers"
            )
    if not arrays:
        raise CommandError(f"{option} {path}: has no arrays, expected at least one")
    return arrays[0] if len(arrays) == 1 else arrays


def cast_for(net, x):
    """Return an array or table in the dtype of the network's parameters."""
    dtype = next((p.dtype for _, p, _ in named_parameters(net)), net.dtype)
    return map_table(lambda array: array.astype(dtype), x)


def shapes_text(x):
    """Return how an array or table is shown.

    Examples
    --------
    >>> shapes_text([np.ones((3, 4)), [np.ones(2, "float32")], np.ones(())])
    '[float64 3 x 4, [float32 2], float64 number]'
    """
    if is_table(x):
        return f"[{', '.join(map(shapes_text, x))}]"
    return shape_text(x.dtype, x.shape) if x.shape else f"{x.dtype} number"


def _natural(name):
    """Return a key that sorts 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if i % 2 else (-1, part) for i, part in enumerate(parts)]
