"""Workspace: named scratch arrays that are kept from call to call."""

from nnmods.kernels.aligned import empty


class Workspace:
    """Scratch arrays by name, allocated once and reused while their shape lasts.

    A workspace holds nothing worth keeping: copying or pickling one gives an empty
    one, so that a copied module never shares scratch memory with its original.

    Examples
    --------
    >>> import numpy as np
    >>> work = Workspace()
    >>> work("col", (2, 3), np.float32) is work("col", (2, 3), np.float32)
    True
    """

    __slots__ = ("_arrays",)

    def __init__(self):
        self._arrays = {}

    def __call__(self, name, shape, dtype, fill=None):
        """Return the C-contiguous array ``name`` of this shape and dtype.

        Its contents are those of its last use. A new array is uninitialised, or
        holds ``fill`` where that is given: a border that is only ever read stays so.
        """
        array = self._arrays.get(name)
        if (
            array is None
            or array.shape != shape
            or (array.dtype is not dtype and array.dtype != dtype)
        ):
            array = empty(shape, dtype)
            if fill is not None:
                array[...] = fill
            self._arrays[name] = array
        return array

    def clear(self):
        """Drop all arrays."""
        self._arrays.clear()

    def __reduce__(self):
        return Workspace, ()
