"""Modules that only change the shape of an array."""

from nnmods.layers.shape.flatten import Flatten
from nnmods.layers.shape.identity import Identity
from nnmods.layers.shape.reshape import Reshape
from nnmods.layers.shape.view import View

__all__ = ["Flatten", "Identity", "Reshape", "View"]
