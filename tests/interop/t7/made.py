"""Raw objects as they stand in files, made by hand."""

import numpy as np

from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.raw import Object, Storage, Table, Tensor
from nnmods.interop.t7.values import TorchStorage


def raw(name, version=1, /, **fields):
    """Return an object of a class, such as ``"nn.Narrow"``, with these fields.

    A field that is None is left out. Arrays become tensors with memory of their own,
    `TorchStorage` storages, lists and dicts tables, str bytes; raw ones stay.
    """
    given = {key: value for key, value in fields.items() if value is not None}
    return Object(name, version, plain(given))


def plain(value):
    """Return what a value is in a file."""
    if isinstance(value, TorchStorage):
        return Storage(np.array(value))
    if isinstance(value, np.ndarray):
        memory = value.flatten()
        steps = [int(np.prod(value.shape[i + 1 :])) for i in range(value.ndim)]
        return Tensor(value.dtype, value.shape, steps, 0, Storage(memory))
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, list):
        value = dict(enumerate(value, 1))
    if isinstance(value, dict):
        return Table(plain(item) for pair in value.items() for item in pair)
    return value


def longs(*numbers):
    """Return a storage of longs, for `raw`."""
    return np.array(numbers, np.int64).view(TorchStorage)


def lifted(name, version=1, /, **fields):
    """Return the module that an object with these fields becomes."""
    return Lifting().lift(raw(name, version, **fields))
