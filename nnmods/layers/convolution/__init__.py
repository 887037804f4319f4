"""Convolutions."""

from nnmods.layers.convolution.spatial_convolution import SpatialConvolution

__all__ = ["SpatialConvolution"]
