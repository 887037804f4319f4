"""Reshaping: the family of modules that give x another shape."""

import operator

import numpy as np

from nnmods.core import LinearMap, check


class Reshaping(LinearMap):
    """The same numbers, in their logical order, in another shape.

    ::

        y     = x in the shape self.shape(x)
        dC_dx = dC_dy in the shape of x

    Both are views where the memory allows it (always, where x is C-contiguous), else
    copies in buffers of the module's own. A subclass writes ``shape(x)``, which raises
    where x does not fit.
    """

    def shape(self, x):
        """Return the shape of y, a tuple without -1."""
        raise NotImplementedError(f"{self!r}: shape(x) is not written")

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = reshaped(x, self.shape(x), self.work, "y")
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        check(self, "dC_dy", dC_dy, self.shape(x))
        self.dC_dx = reshaped(dC_dy, x.shape, self.work, "dC_dx")
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)


def reshaped(array, shape, work, name):
    """Return a view of ``array`` in another shape, or a copy in a workspace's memory.

    The copy is made where the memory runs in another order.
    """
    try:
        return np.reshape(array, shape, copy=False)
    except ValueError:
        copy = work(name, shape, array.dtype)
        copy.reshape(array.shape)[...] = array
        return copy


def sizes_of(name, sizes, smallest):
    """Return sizes given one by one, or as one tuple or list, as a tuple of int.

    Parameters
    ----------
    name : str
        Of the module, for errors.
    sizes : tuple
        What the constructor was given.
    smallest : int
        The smallest length allowed.

    Raises
    ------
    TypeError
        If a size is not an integer.
    ValueError
        If one is too small, or there is none.
    """
    if len(sizes) == 1 and isinstance(sizes[0], (list, tuple, np.ndarray)):
        sizes = sizes[0]
    try:
        sizes = tuple(operator.index(size) for size in sizes)
    except TypeError:
        raise TypeError(f"{name}: sizes is {sizes!r}, expected integers") from None
    if not sizes:
        raise ValueError(f"{name}: sizes has 0 entries, expected at least 1")
    for size in sizes:
        if size < smallest:
            raise ValueError(
                f"{name}: sizes has entry {size}, expected at least {smallest}"
            )
    return sizes
