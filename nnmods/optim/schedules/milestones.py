"""Milestones: the steps at which a schedule changes."""

from itertools import pairwise

import numpy as np

from nnmods.optim.checks import check_count


def check_milestones(owner, milestones):
    """Return increasing steps of at least 1 as a tuple.

    Examples
    --------
    >>> check_milestones("MultiStep", [2, 5])
    (2, 5)
    """
    if not isinstance(milestones, (list, tuple, range, np.ndarray)):
        raise TypeError(
            f"{owner}: milestones has type {type(milestones).__name__}, expected a "
            "sequence of integers"
        )
    steps = tuple(
        check_count(owner, f"milestones[{i}]", step)
        for i, step in enumerate(milestones)
    )
    for a, b in pairwise(steps):
        if a >= b:
            raise ValueError(
                f"{owner}: milestones has {b} after {a}, expected increasing steps"
            )
    return steps
