"""Modules that disturb their input in training."""

from nnmods.layers.noise.channel_dropout import SpatialDropout, VolumetricDropout
from nnmods.layers.noise.dropout import Dropout
from nnmods.layers.noise.white_noise import WhiteNoise

__all__ = ["Dropout", "SpatialDropout", "VolumetricDropout", "WhiteNoise"]
