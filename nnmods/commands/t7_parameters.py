"""The parameters in a file, each counted once however many tensors show it."""

import math


class Parameters:
    """Parameters by where they lie.

    A tensor is told from another by its storage, its start, its shape and its strides.
    """

    def __init__(self):
        self._sizes, self._met, self._paths = {}, [], {}

    def add(self, tensor):
        """Note a parameter."""
        if tensor.storage is not None:
            count = math.prod(tensor.shape)
            self._sizes[_place(tensor)] = count, count * tensor.dtype.itemsize
            self._met.append(_place(tensor))

    def noted(self):
        """Return how often one was noted, for `total` to start there."""
        return len(self._met)

    def total(self, start=0):
        """Return (numbers, bytes) of all, or of those noted from a place on."""
        sizes = [self._sizes[place] for place in set(self._met[start:])]
        return sum(count for count, _ in sizes), sum(size for _, size in sizes)

    def first(self, tensor, path):
        """Return the path of the first tensor that shows the same numbers."""
        if tensor.storage is None:
            return path
        return self._paths.setdefault(_place(tensor), path)


def _place(tensor):
    shape, strides = tuple(tensor.shape), tuple(tensor.strides)
    return id(tensor.storage), tensor.start, shape, strides
