"""Images made larger."""

from nnmods.core.lazy import lazily

FILES = {
    "pixel_shuffle": "PixelShuffle",
    "spatial_up_sampling_bilinear": "SpatialUpSamplingBilinear",
    "spatial_up_sampling_nearest": "SpatialUpSamplingNearest",
    "up_sampling": "UpSampling",
    "upsample": "Upsample",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
