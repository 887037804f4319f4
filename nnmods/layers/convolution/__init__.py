"""Convolutions."""

from nnmods.core.lazy import lazily

FILES = {
    "fold": "Fold",
    "spatial_convolution": "SpatialConvolution",
    "spatial_convolution_local": "SpatialConvolutionLocal",
    "spatial_convolution_map": "SpatialConvolutionMap",
    "spatial_convolution_mm": "SpatialConvolutionMM",
    "spatial_depth_wise_convolution": "SpatialDepthWiseConvolution",
    "spatial_dilated_convolution": "SpatialDilatedConvolution",
    "spatial_full_convolution": "SpatialFullConvolution",
    "spatial_full_convolution_map": "SpatialFullConvolutionMap",
    "temporal_convolution": "TemporalConvolution",
    "temporal_row_convolution": "TemporalRowConvolution",
    "unfold": "Unfold",
    "volumetric_convolution": "VolumetricConvolution",
    "volumetric_dilated_convolution": "VolumetricDilatedConvolution",
    "volumetric_full_convolution": "VolumetricFullConvolution",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
