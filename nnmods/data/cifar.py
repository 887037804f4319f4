"""CIFAR-10 and CIFAR-100, from their binary versions."""

from pathlib import Path

import numpy as np

from nnmods.data.dataset import Dataset, check_labels

PIXELS = 3 * 32 * 32


def load_cifar10(folder):
    """Return the training and the test set of CIFAR-10 [1]_, the binary version.

    Parameters
    ----------
    folder : str or path-like
        Where ``data_batch_1.bin`` to ``data_batch_5.bin`` and ``test_batch.bin`` are.
        Records are a label byte and 3072 bytes of pixels: red, green, blue, each row
        by row. Class names are read from ``batches.meta.txt`` if that is there, and
        are "0" to "9" otherwise.

    Returns
    -------
    train, test : Dataset
        With ``x`` of shape (N, 3, 32, 32), uint8.

    Raises
    ------
    OSError
        If a file is missing or cannot be read.
    ValueError
        If a file is empty or not a whole number of records, or a label is not 0 to 9.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning multiple layers of features from tiny images",
           University of Toronto, 2009.
    """
    folder = Path(folder)
    classes = _read_classes(folder / "batches.meta.txt", 10)
    train = [folder / f"data_batch_{k}.bin" for k in range(1, 6)]
    return (
        _load(train, 1, classes, "cifar10 (train)"),
        _load([folder / "test_batch.bin"], 1, classes, "cifar10 (test)"),
    )


def load_cifar100(folder):
    """Return the training and the test set of CIFAR-100 [1]_, the binary version.

    Parameters
    ----------
    folder : str or path-like
        Where ``train.bin`` and ``test.bin`` are. Records are as in `load_cifar10`, with
        two label bytes: the coarse label, which is skipped, and the fine one. Class
        names are read from ``fine_label_names.txt`` if that is there.

    Returns
    -------
    train, test : Dataset
        With ``x`` of shape (N, 3, 32, 32), uint8, and 100 classes.

    Raises
    ------
    OSError
        If a file is missing or cannot be read.
    ValueError
        If a file is empty or not a whole number of records, or a label is not 0 to 99.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning multiple layers of features from tiny images",
           University of Toronto, 2009.
    """
    folder = Path(folder)
    classes = _read_classes(folder / "fine_label_names.txt", 100)
    return (
        _load([folder / "train.bin"], 2, classes, "cifar100 (train)"),
        _load([folder / "test.bin"], 2, classes, "cifar100 (test)"),
    )


def _load(paths, label_bytes, classes, name):
    """Return the data set of some files; the last label byte is the target."""
    files = []
    for path in paths:
        data, size = path.read_bytes(), label_bytes + PIXELS
        if not data or len(data) % size:
            raise ValueError(
                f"{path}: has {len(data)} bytes, expected a multiple of {size}, the "
                "size of a record, and at least one"
            )
        records = np.frombuffer(data, np.uint8).reshape(-1, size)
        check_labels(path, records[:, label_bytes - 1], len(classes))
        files.append(records)
    x = np.concatenate([records[:, label_bytes:] for records in files])
    target = np.concatenate([records[:, label_bytes - 1] for records in files])
    return Dataset(
        x.reshape(-1, 3, 32, 32), target.astype(np.int64), tuple(classes), name
    )


def _read_classes(path, n):
    """Return the lines of a file of ``n`` class names, or numbers if it is missing."""
    if not path.exists():
        return [str(k) for k in range(n)]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as err:
        raise ValueError(f"{path}: is not a text of class names: {err}") from None
    classes = [line.strip() for line in lines if line.strip()]
    if len(classes) != n:
        raise ValueError(f"{path}: has {len(classes)} class names, expected {n}")
    return classes
