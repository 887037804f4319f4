"""The forms in which a table holds keys and values."""

import numpy as np

from nnmods.core import check
from nnmods.core.tables import check_table, is_table
from nnmods.layers.linear.indices import as_indices
from nnmods.layers.linear.joined import joined


def read_table(module, x):
    """Return the keys, the values and the sizes of samples that a table holds.

    Parameters
    ----------
    module : Module
        Named in errors; its scratch memory holds what takes a copy.
    x : table
        [keys, values], [[keys, ...], [values, ...]] or [keys, values, sizes].

    Returns
    -------
    keys, values : ndarray, shape (n,)
        Those of all samples, one after another.
    sizes : sequence of int
        How many each sample has.
    single : bool
        Whether it is one sample, and no batch.

    Raises
    ------
    TypeError
        If ``x`` is no such table.
    ValueError
        If lengths differ.
    """
    check_table(module, "x", x)
    if len(x) not in (2, 3):
        raise ValueError(f"{module!r}: x has {len(x)} entries, expected 2 or 3")
    single, sizes, (keys, values) = False, None, x[:2]
    if is_table(keys):
        check_table(module, "x[1]", values, len(keys))
        for i, (k, v) in enumerate(zip(keys, values, strict=True)):
            check(module, f"x[0][{i}]", k, (None,))
            check(module, f"x[1][{i}]", v, k.shape)
        sizes = [len(entry) for entry in keys]
        if sizes:
            keys = joined(keys, module.work, "joined keys")
            values = joined(values, module.work, "joined values")
        else:
            keys, values = np.empty(0, np.intp), np.empty(0, module.dtype)
    check(module, "x[0]", keys, (None,))
    check(module, "x[1]", values, keys.shape)
    if len(x) == 3:
        sizes = np.reshape(x[2], -1)
        check(module, "x[2]", sizes, (None,))
        whole = module.work("sizes", sizes.shape, np.intp)
        sizes = as_indices(module, "x[2]", sizes, 0, len(keys), whole)
        if sizes.sum() != len(keys):
            raise ValueError(
                f"{module!r}: x[2] has sum {sizes.sum()}, expected {len(keys)}, "
                "the number of keys"
            )
    elif sizes is None:
        single, sizes = True, [len(keys)]
    return keys, values, sizes, single
