"""Affine maps."""

from nnmods.layers.linear.linear import Linear

__all__ = ["Linear"]
