"""Views: the arrays that raw tensors are, and what Python has for raw tables."""

import numpy as np

from nnmods.interop.t7.raw import Object, Storage, Table
from nnmods.interop.t7.values import TorchStorage, number


def array_of(raw):
    """Return the array of a tensor or storage; tensors of one storage share it."""
    if type(raw) is Storage:
        return raw.array.view(TorchStorage)
    if raw.array is None:
        raw.array = np.empty(0, raw.dtype) if raw.storage is None else _view(raw)
    return raw.array


def _view(raw):
    size = raw.dtype.itemsize
    return np.ndarray(
        raw.shape or (0,),
        raw.dtype,
        raw.storage.array,
        raw.start * size if raw.shape and 0 not in raw.shape else 0,
        [step * size for step in raw.strides] or None,
    )


def is_list(raw):
    """Tell whether the keys of a table are 1 to n; those of an empty one are."""
    keys = raw.items[::2]
    return all(type(key) is float for key in keys) and set(keys) == set(
        range(1, len(keys) + 1)
    )


def has_plain_keys(raw):
    """Tell whether a dict can have the keys of a table, and keeps them apart."""
    keys = raw.items[::2]
    if not all(type(key) in (float, bytes, bool) for key in keys):
        return False
    return len({number(k) if type(k) is float else k for k in keys}) == len(keys)


def field(raw, name):
    """Return a field of an object or a table, named by bytes; None if it has none."""
    table = raw.content if type(raw) is Object else raw
    if type(table) is Table:
        for key, value in table.pairs():
            if key == name:
                return value
    return None
