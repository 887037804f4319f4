"""Conversion of dtypes into memory that is kept."""

import numpy as np


def converted(array, dtype, work, name):
    """Return a copy of ``array`` in a dtype, in a workspace's memory."""
    copy = work(name, array.shape, dtype)
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # no integer for NaN, inf for 1e99
        np.copyto(copy, array, casting="unsafe")
    return copy
