"""Leaf modules with shape rules of their own."""

from nnmods.layers.linear import Linear

__all__ = ["Linear"]
