"""State: what modules and criterions have in common besides their verbs."""

import copy
from functools import cached_property

import numpy as np

from nnmods.core.arrays import memory_key
from nnmods.core.dtypes import float_dtype
from nnmods.core.workspace import Workspace


class State:
    """Settings and arrays that last, results and scratch memory that do not.

    A copy or a pickle carries the settings, parameters and modes. The results of the
    last call and scratch memory, named in ``_results``, stay behind: a copy shows what
    stands on the class, None for a result, until it is used.
    """

    _results = ("work",)
    _dtype = None

    @property
    def dtype(self):
        """The dtype of its parameters, and of its results for integer input."""
        return float_dtype(self._dtype)

    @cached_property
    def work(self):
        """Scratch arrays by name, kept from call to call (a `Workspace`)."""
        return Workspace()

    def clear_state(self):
        """Drop results and scratch memory, and return self."""
        for name in self._results:
            vars(self).pop(name, None)
        return self

    def clone(self):
        """Return a deep copy."""
        return copy.deepcopy(self)

    def astype(self, dtype):
        """Convert its floating-point arrays in place, and return self."""
        convert([self], float_dtype(dtype))
        return self

    def float(self):
        """Convert to float32 in place, and return self."""
        return self.astype(np.float32)

    def double(self):
        """Convert to float64 in place, and return self."""
        return self.astype(np.float64)

    def __getstate__(self):
        return {k: v for k, v in vars(self).items() if k not in self._results}

    def __setstate__(self, state):
        vars(self).update(state)


def convert(owners, dtype):
    """Convert the floating-point array attributes of several objects.

    Those that are one array stay one.
    """
    converted = {}
    for owner in owners:
        State.clear_state(owner)  # its own: all owners come by
        owner._dtype = dtype
        for name, array in vars(owner).items():
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                key = memory_key(array)
                if key not in converted:  # the old one is held, or its id may recur
                    converted[key] = array, array.astype(dtype)
                setattr(owner, name, converted[key][1])
