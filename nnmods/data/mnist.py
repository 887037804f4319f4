"""MNIST, and the data sets that come in files of the same names."""

from pathlib import Path

import numpy as np

from nnmods.data.dataset import Dataset, check_labels
from nnmods.data.idx import read_idx


def load_mnist(folder):
    """Return the training and the test set of MNIST [1]_, read from its four files.

    The files are ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, and the same
    with ``t10k``; ``.idx3-ubyte`` for ``-idx3-ubyte`` and a further ``.gz`` are
    accepted. Fashion-MNIST and KMNIST come in the same files.

    Parameters
    ----------
    folder : str or path-like
        Where the files are.

    Returns
    -------
    train, test : Dataset
        With ``x`` of shape (N, 1, 28, 28), uint8, and classes "0" to "9".

    Raises
    ------
    OSError
        If a file is missing or cannot be read.
    ValueError
        If a file is broken, or images and labels do not fit each other.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
           1998.
    """
    folder = Path(folder)
    return _load(folder, "train", "train"), _load(folder, "t10k", "test")


def _load(folder, prefix, part):
    path = _find(folder, f"{prefix}-images", "idx3-ubyte")
    x = read_idx(path)
    if x.dtype != np.uint8 or x.shape[1:] != (28, 28):
        raise ValueError(
            f"{path}: has shape {x.shape} of {x.dtype}, expected (N, 28, 28) of uint8"
        )
    path = _find(folder, f"{prefix}-labels", "idx1-ubyte")
    target = read_idx(path)
    if target.dtype != np.uint8 or target.shape != x.shape[:1]:
        raise ValueError(
            f"{path}: has shape {target.shape} of {target.dtype}, "
            f"expected ({len(x)},) of uint8, one label per image"
        )
    check_labels(path, target, 10)
    return Dataset(
        x[:, None], target.astype(np.int64), tuple("0123456789"), f"mnist ({part})"
    )


def _find(folder, stem, suffix):
    for name in (f"{stem}-{suffix}", f"{stem}.{suffix}"):
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise FileNotFoundError(
        f"{folder}: has no {stem}-{suffix}, nor {stem}.{suffix}, nor one of them as .gz"
    )
