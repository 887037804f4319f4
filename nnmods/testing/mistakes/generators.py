"""The random generators that all share."""

import contextlib
import random

import numpy as np

from nnmods.core.rng import unmoved_rng


@contextlib.contextmanager
def unmoved():
    """Leave the random generators that all share as they are."""
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002
    with unmoved_rng():
        try:
            yield
        finally:
            np.random.set_state(kept[0])  # noqa: NPY002
            random.setstate(kept[1])
