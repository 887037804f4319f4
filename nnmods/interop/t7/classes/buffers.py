"""Buffers: fields that Torch7's code takes to be there already, though they are empty.

Each module needs its own: one table or storage in two modules would be one in Torch7.
"""

import numpy as np

from nnmods.interop.t7.values import TorchStorage


def tensor(module):
    """Return an empty tensor."""
    return np.empty(0, module.dtype)


def pair(module):
    """Return a table of two empty tensors."""
    return [tensor(module), tensor(module)]


def table(module):
    """Return an empty table."""
    return []


def sizes(module):
    """Return an empty storage of longs."""
    return longs([])


def longs(numbers):
    """Return a storage of longs."""
    return np.array(numbers, np.int64).view(TorchStorage)


def with_buffers(then=None, **makers):
    """Return a `Spec.store` that adds fields.

    Parameters
    ----------
    then : function of (module, out), default=None
        Adds further ones.
    **makers : function of (module)
        By the names of the fields.
    """

    def store(module, out):
        out |= {name: make(module) for name, make in makers.items()}
        if then is not None:
            then(module, out)

    return store
