"""The forms in which arrays and tables hold pairs of an index and a value."""

import numpy as np

from nnmods.core import check
from nnmods.core.tables import is_table
from nnmods.layers.linear.joined import joined


def read_pairs(module, x):
    """Return the indices, the values and the sizes of samples that x holds.

    Parameters
    ----------
    module : Module
        Named in errors; its scratch memory holds what takes a copy.
    x : array or table
        (nnz, 2), (N, nnz, 2), a table of arrays (nnz, 2), or [indices, values].

    Returns
    -------
    indices, values : ndarray, shape (n,)
        Those of all samples, one after another.
    sizes : sequence of int
        How many each sample has.
    single : bool
        Whether it is one sample, and no batch.

    Raises
    ------
    ValueError
        If ``x`` has none of these forms.
    """
    if not is_table(x):
        check(module, "x", x, (None, None, 2) if ndim(x) == 3 else (None, 2))
        sizes = np.broadcast_to(np.intp(x.shape[-2]), x.shape[:-2] or 1)
        pairs = x.reshape(-1, 2) if x.size else np.empty((0, 2), module.dtype)
        return *pairs.T, sizes, x.ndim == 2
    if len(x) == 2 and ndim(x[0]) == ndim(x[1]) == 1:
        indices, values = x
        check(module, "x[0]", indices, (None,))
        check(module, "x[1]", values, indices.shape)
        return indices, values, [len(indices)], True
    for i, entry in enumerate(x):
        check(module, f"x[{i}]", entry, (None, 2))
    if not x:
        return *np.empty((2, 0), module.dtype), [0], True
    pairs = joined(x, module.work, "pairs")
    return *pairs.T, [len(entry) for entry in x], False


def ndim(x):
    """Return the number of axes of an array, -1 of anything else."""
    return getattr(x, "ndim", -1)
