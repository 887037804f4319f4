"""Elementwise modules."""

from nnmods.activations.relu import ReLU

__all__ = ["ReLU"]
