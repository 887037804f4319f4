"""Small modules with a planted mistake each, and what it is to be called.

`PLANTED` has (class, x, term, mistake); `RIGHT` has modules without one.
"""

from testing.mistakes import (
    accumulation,
    affine,
    curves,
    memory,
    parts,
    precision,
    randomness,
    shapes,
    statistics,
    uses,
    windows,
)
from testing.mistakes.curves import AtKink
from testing.mistakes.planting import PLANTED, RIGHT, draw

__all__ = [
    "PLANTED",
    "RIGHT",
    "AtKink",
    "accumulation",
    "affine",
    "curves",
    "draw",
    "memory",
    "parts",
    "precision",
    "randomness",
    "shapes",
    "statistics",
    "uses",
    "windows",
]
