"""Data sets, their readers, and what stands between them and a training loop."""

from nnmods.data.augmentation import Augment, Augmentation
from nnmods.data.chain import Chain
from nnmods.data.cifar import load_cifar10, load_cifar100
from nnmods.data.classwise import Balanced, Stratified
from nnmods.data.dataset import Dataset
from nnmods.data.digits import load_digits
from nnmods.data.emphasising import Emphasising
from nnmods.data.flips import RandomFlip
from nnmods.data.idx import read_idx
from nnmods.data.mapped import open_npy
from nnmods.data.minibatches import Minibatches
from nnmods.data.mnist import load_mnist
from nnmods.data.mnist5k import load_mnist5k
from nnmods.data.noise import GaussianNoise
from nnmods.data.normalize import Normalizer
from nnmods.data.npz import read_npz
from nnmods.data.prefetch import Prefetch
from nnmods.data.sampler import Sampler
from nnmods.data.shifts import RandomCrop, RandomShift
from nnmods.data.split import split
from nnmods.data.stream import Stream
from nnmods.data.synthetic import spirals, two_moons
from nnmods.data.tabular import read_csv, read_regression
from nnmods.data.targets import class_weights, plus_minus_one
from nnmods.data.weighted import Weighted
from nnmods.data.whitening import Whitening

__all__ = [
    "Augment",
    "Augmentation",
    "Balanced",
    "Chain",
    "Dataset",
    "Emphasising",
    "GaussianNoise",
    "Minibatches",
    "Normalizer",
    "Prefetch",
    "RandomCrop",
    "RandomFlip",
    "RandomShift",
    "Sampler",
    "Stratified",
    "Stream",
    "Weighted",
    "Whitening",
    "class_weights",
    "load_cifar10",
    "load_cifar100",
    "load_digits",
    "load_mnist",
    "load_mnist5k",
    "open_npy",
    "plus_minus_one",
    "read_csv",
    "read_idx",
    "read_npz",
    "read_regression",
    "spirals",
    "split",
    "two_moons",
]
