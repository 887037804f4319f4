"""How a case of a module or a criterion is written."""

from typing import NamedTuple

import numpy as np


class Case(NamedTuple):
    """How to build a module, and what to feed it.

    ``x`` is a shape, a list of cases' shapes for a table, or a function of a generator.
    ``memory`` tells whether a call takes no new arrays once shapes are known.
    """

    make: object
    x: object
    single: bool = True
    independent: bool = True
    batch: bool = True
    memory: bool = True

    def inputs(self, rng):
        """Return an input, at a distance from the kinks at 0 and from ties."""
        return self.x(rng) if callable(self.x) else _random(self.x, rng)


def _random(shape, rng, shift=0.25):
    if isinstance(shape, list):
        return [_random(entry, rng, 0.1 + 0.2 * i) for i, entry in enumerate(shape)]
    size = int(np.prod(shape))
    apart = (rng.permutation(size) - (size - 1) / 2 + shift) * (3 / max(size, 1))
    return apart.reshape(shape)  # distinct, spread over +-1.5, none at 0


class CriterionCase(NamedTuple):
    """How to build a criterion, and a function of a generator giving y and target.

    ``batch`` tells whether the cost of no samples is 0.
    """

    make: object
    arguments: object
    batch: bool = True
