"""Data sets by the name that the command line gives them, ready for training."""

import dataclasses

import numpy as np

from nnmods.commands.errors import blamed
from nnmods.data import (
    Dataset,
    Normalizer,
    load_cifar10,
    load_cifar100,
    load_digits,
    load_mnist,
    load_mnist5k,
    read_csv,
    read_npz,
    spirals,
    split,
    two_moons,
)

BUILT_IN = {
    "digits": load_digits,
    "moons": lambda: two_moons(1000, rng=0),
    "spirals": lambda: spirals(1000, rng=0),
    "mnist5k": load_mnist5k,
}
IN_FOLDERS = {
    "mnist": load_mnist,
    "cifar10": load_cifar10,
    "cifar100": load_cifar100,
}
READERS = {".csv": read_csv, ".csv.gz": read_csv, ".npz": read_npz}
NAMES = ", ".join([*BUILT_IN, *(f"{name}:FOLDER" for name in IN_FOLDERS)])


@dataclasses.dataclass(frozen=True)
class Problem:
    """Training and test set, inputs in float32, and how to normalise them.

    ::

        input of the network = (x - mean) / std

    Attributes
    ----------
    train, test : Dataset
        As they were read.
    mean, std : ndarray of float64
        Of the training set; they go with a batch by NumPy's broadcasting.
    """

    train: Dataset
    test: Dataset
    mean: np.ndarray
    std: np.ndarray

    @property
    def classes(self):
        return self.train.classes

    @property
    def input_shape(self):
        """Shape of one sample."""
        return self.train.x.shape[1:]

    @property
    def name(self):
        return self.train.name.removesuffix(" (train)")

    def inputs(self, dataset, part=slice(None)):
        """Return the normalised samples of one of the two sets, float32."""
        x = np.empty(dataset.x[part].shape, np.float32)
        # in float64, then rounded: what is near its mean keeps its digits
        np.subtract(dataset.x[part], self.mean, out=x, casting="same_kind")
        return np.divide(x, self.std, out=x, casting="same_kind")


def load_problem(name):
    """Return the `Problem` that ``--data`` asks for.

    A data set that comes in one piece is split: a fifth of each class is the test set,
    the same whatever the seed of the training.

    Raises
    ------
    CommandError
        If the name is unknown, a file cannot be read, or its content cannot be
        learnt from.
    """
    try:
        train, test = _load(name)
        _check(train, test)
        mean, std = _statistics(train.x)
    except (OSError, ValueError, TypeError, ImportError) as err:
        raise blamed("--data", name, err) from err
    return Problem(train, test, mean, std)


def _load(name):
    kind, colon, folder = name.partition(":")
    if name in BUILT_IN:
        return split(BUILT_IN[name](), 0.2, rng=0)
    if colon and kind in IN_FOLDERS:
        return IN_FOLDERS[kind](folder)
    for ending, read in READERS.items():
        if name.lower().endswith(ending):
            return split(read(name), 0.2, rng=0)
    if name in IN_FOLDERS:
        raise ValueError(f"needs the folder of its files, as in {name}:FOLDER")
    raise ValueError(f"is unknown, expected {NAMES}, FILE.csv or FILE.npz")


def _check(train, test):
    n = len(train) + len(test)
    if len(train) == 0 or len(test) == 0:
        raise ValueError(f"has {n} samples, expected enough for training and test")
    if train.x.ndim < 2 or train.x[0].size == 0:
        raise ValueError(f"has samples of shape {train.x.shape[1:]}, expected features")
    if not 2 <= len(train.classes) <= n:
        raise ValueError(
            f"has {len(train.classes)} classes in {n} samples, expected 2 or more and "
            "no more than samples; is the target a class?"
        )
    for dataset in (train, test):
        if not np.isfinite(dataset.x).all():
            raise ValueError("has nan or infinite entries, expected finite ones")


def _statistics(x):
    """Return mean and deviation: of each channel of images, else of each feature."""
    axis = "channel" if x.ndim == 4 else "feature"
    normalizer = Normalizer(axis).fit(x)
    shape = (-1, 1, 1) if axis == "channel" else normalizer.mean.shape
    std = np.maximum(normalizer.std, normalizer.eps)
    return normalizer.mean.reshape(shape), std.reshape(shape)
