"""Initializers: weights neither too large nor too small for the signal to survive."""

from nnmods.training.initializers.lsuv import lsuv
from nnmods.training.initializers.matrices import identity, orthogonal, sparse
from nnmods.training.initializers.plain import (
    constant,
    normal,
    truncated_normal,
    uniform,
)
from nnmods.training.initializers.scaled import kaiming, lecun, xavier

__all__ = [
    "constant",
    "identity",
    "kaiming",
    "lecun",
    "lsuv",
    "normal",
    "orthogonal",
    "sparse",
    "truncated_normal",
    "uniform",
    "xavier",
]
