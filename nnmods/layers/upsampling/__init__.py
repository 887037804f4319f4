"""Images made larger."""

from nnmods.layers.upsampling.pixel_shuffle import PixelShuffle
from nnmods.layers.upsampling.spatial_up_sampling_bilinear import (
    SpatialUpSamplingBilinear,
)
from nnmods.layers.upsampling.spatial_up_sampling_nearest import (
    SpatialUpSamplingNearest,
)
from nnmods.layers.upsampling.up_sampling import UpSampling
from nnmods.layers.upsampling.upsample import Upsample

__all__ = [
    "PixelShuffle",
    "SpatialUpSamplingBilinear",
    "SpatialUpSamplingNearest",
    "UpSampling",
    "Upsample",
]
