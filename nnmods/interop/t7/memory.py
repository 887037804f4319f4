"""Memory: which arrays share a storage."""

import numpy as np

from nnmods.interop.t7.raw import NAMES, Storage, Tensor
from nnmods.interop.t7.values import TorchStorage


class Memory:
    """Makes arrays into tensors and storages.

    Arrays that overlap or touch one another in the memory of one array become tensors
    of one storage, which has what lies between their first and last numbers. A single
    array with gaps in it is written without them.
    """

    def __init__(self):
        self._taken = []

    def take(self, array):
        """Return the raw tensor or storage of an array; `settle` gives it memory."""
        held = _as_torch(array)
        if isinstance(array, TorchStorage) and array.ndim == 1:
            raw = Storage(held)
            if not held.size or not held.flags.c_contiguous:
                raw.array = np.ascontiguousarray(held)
                return raw
        else:
            raw = Tensor(held.dtype, (), (), 0, None)
            if not held.size:
                return raw
        self._taken.append((raw, held))
        return raw

    def settle(self):
        """Give every tensor its storage, and return how many bytes these have."""
        size = 0
        groups = {}
        for raw, array in self._taken:
            key = id(_owner(array)), array.dtype, _address(array) % array.itemsize
            groups.setdefault(key, []).append(
                (_address(array), _end(array), raw, array)
            )
        for group in groups.values():
            group.sort(key=lambda entry: entry[:2])
            together, end = [], None
            for entry in group:
                if together and entry[0] > end:
                    size += _place(together)
                    together, end = [], None
                together.append(entry)
                end = entry[1] if end is None else max(end, entry[1])
            size += _place(together)
        self._taken.clear()
        return size


def _place(entries):
    """Give arrays that overlap or touch one storage, and return its bytes."""
    first, _, _, array = entries[0]
    size = array.itemsize
    count = (max(end for _, end, _, _ in entries) - first) // size
    if len(entries) == 1 and count > array.size:
        array = np.ascontiguousarray(array)
        first, count = _address(array), array.size
        entries = [(first, None, entries[0][2], array)]
    memory = np.lib.stride_tricks.as_strided(array, (count,), (size,))
    given = [raw for _, _, raw, _ in entries if type(raw) is Storage]
    storage = next((raw for raw in given if len(raw.array) == count), Storage(memory))
    for address, _, raw, array in entries:
        if type(raw) is Tensor:
            raw.shape = array.shape
            raw.strides = tuple(step // size for step in array.strides)
            raw.start, raw.storage = (address - first) // size, storage
    return memory.nbytes


def _as_torch(array):
    """Return the array itself, or a copy that Torch7 can have."""
    if array.dtype == bool:
        array = array.view(np.uint8)
    dtype = array.dtype.newbyteorder("=")
    if dtype not in NAMES:
        listed = ", ".join(map(str, NAMES))
        raise TypeError(f"an array has dtype {array.dtype}, expected one of {listed}")
    array = array.astype(dtype, copy=False)
    if not array.ndim:
        array = array.reshape(1)
    if any(step < 0 or step % array.itemsize for step in array.strides):
        array = np.ascontiguousarray(array)
    return array


def _owner(array):
    """Return what the memory of an array belongs to."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array if array.base is None else array.base


def _address(array):
    return array.__array_interface__["data"][0]


def _end(array):
    last = sum(
        (n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)
    )
    return _address(array) + last + array.itemsize
