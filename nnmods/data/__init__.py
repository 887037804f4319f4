"""Data sets, readers of data files, normalisation and minibatches."""

from nnmods.data.cifar import load_cifar10, load_cifar100
from nnmods.data.dataset import Dataset
from nnmods.data.digits import load_digits
from nnmods.data.idx import read_idx
from nnmods.data.minibatches import Minibatches
from nnmods.data.mnist import load_mnist
from nnmods.data.mnist5k import load_mnist5k
from nnmods.data.normalize import Normalizer
from nnmods.data.npz import read_npz
from nnmods.data.split import split
from nnmods.data.synthetic import spirals, two_moons
from nnmods.data.tabular import read_csv

__all__ = [
    "Dataset",
    "Minibatches",
    "Normalizer",
    "load_cifar10",
    "load_cifar100",
    "load_digits",
    "load_mnist",
    "load_mnist5k",
    "read_csv",
    "read_idx",
    "read_npz",
    "spirals",
    "split",
    "two_moons",
]
