"""Modules that disturb their input in training."""

from nnmods.core.lazy import lazily

FILES = {
    "channel_dropout": "SpatialDropout VolumetricDropout",
    "dropout": "Dropout",
    "white_noise": "WhiteNoise",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
