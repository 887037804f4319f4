"""Indices as inputs: checked, and as an array of intp; and how many there may be."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.kernels.sparse import scratch

INTP = np.dtype(np.intp)


def as_indices(module, argument, x, low, high, out):
    """Write the indices ``x`` to ``out`` and return it.

    Parameters
    ----------
    module : Module
        Named in the error; has scratch memory.
    argument : str
        The name of ``x``, for the error.
    x : ndarray
        Of integers, or of floating-point numbers that are whole.
    low, high : int
        The smallest and the largest index there is.
    out : ndarray of intp, shaped like ``x``

    Raises
    ------
    ValueError
        If an index is out of range or not whole: the error names it and its place.
    """
    if not x.size:
        return out
    if not (x.min() >= low and x.max() <= high):  # NaN is neither
        _refuse(module, argument, x, (x >= low) & (x <= high), f"{low} to {high}")
    np.copyto(out, x, casting="unsafe")
    if x.dtype.kind == "f":
        whole = scratch(module.work, "whole", x.size, np.bool_).reshape(x.shape)
        if not np.equal(out, x, out=whole).all():
            _refuse(module, argument, x, whole, "whole numbers")
    return out


def _refuse(module, argument, x, fits, wanted):
    at = tuple(np.argwhere(~fits)[0].tolist())
    where = at[0] if len(at) == 1 else at
    raise ValueError(
        f"{module!r}: {argument} has index {x[at]} at {where}, "
        f"expected {wanted}; indices count from 0"
    )


def distinct(index, size, work):
    """Return the distinct ones of indices below ``size``, in order."""
    seen = work("seen", (size,), np.bool_)
    seen.fill(False)
    seen[index] = True
    return np.flatnonzero(seen)


def counts_of(index, work):
    """Return for each of some indices how often it occurs, in scratch memory."""
    counts = work("counts", index.shape, INTP)
    return np.take(np.bincount(index), index, out=counts, mode="clip")


def size_of(owner, argument, value):
    """Return a size of 1 or more that a constructor was given."""
    size = as_size(owner, argument, value)
    if not size:
        raise ValueError(f"{owner}: {argument} is 0, expected 1 or more")
    return size
