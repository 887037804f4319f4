"""Products of matrices and vectors."""

from nnmods.layers.algebra.products import MM, MV

__all__ = ["MM", "MV"]
