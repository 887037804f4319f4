"""Archives of arrays, whatever their names."""

import zipfile

import numpy as np


def write_npz(file, arrays):
    """Write a dict of arrays as an `.npz` file, without pickle.

    `numpy.savez` takes names as keywords, and has some of its own, such as ``file``.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
