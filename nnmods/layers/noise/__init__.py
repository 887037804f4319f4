"""Modules that disturb their input in training."""

from nnmods.layers.noise.dropout import Dropout

__all__ = ["Dropout"]
