"""Convolutions."""

from nnmods.layers.convolution import tables
from nnmods.layers.convolution.fold import Fold
from nnmods.layers.convolution.spatial_convolution import SpatialConvolution
from nnmods.layers.convolution.spatial_convolution_local import (
    SpatialConvolutionLocal,
)
from nnmods.layers.convolution.spatial_convolution_map import SpatialConvolutionMap
from nnmods.layers.convolution.spatial_convolution_mm import SpatialConvolutionMM
from nnmods.layers.convolution.spatial_depth_wise_convolution import (
    SpatialDepthWiseConvolution,
)
from nnmods.layers.convolution.spatial_dilated_convolution import (
    SpatialDilatedConvolution,
)
from nnmods.layers.convolution.spatial_full_convolution import SpatialFullConvolution
from nnmods.layers.convolution.spatial_full_convolution_map import (
    SpatialFullConvolutionMap,
)
from nnmods.layers.convolution.temporal_convolution import TemporalConvolution
from nnmods.layers.convolution.temporal_row_convolution import (
    TemporalRowConvolution,
)
from nnmods.layers.convolution.unfold import Unfold
from nnmods.layers.convolution.volumetric_convolution import VolumetricConvolution
from nnmods.layers.convolution.volumetric_dilated_convolution import (
    VolumetricDilatedConvolution,
)
from nnmods.layers.convolution.volumetric_full_convolution import (
    VolumetricFullConvolution,
)

__all__ = [
    "Fold",
    "SpatialConvolution",
    "SpatialConvolutionLocal",
    "SpatialConvolutionMM",
    "SpatialConvolutionMap",
    "SpatialDepthWiseConvolution",
    "SpatialDilatedConvolution",
    "SpatialFullConvolution",
    "SpatialFullConvolutionMap",
    "TemporalConvolution",
    "TemporalRowConvolution",
    "Unfold",
    "VolumetricConvolution",
    "VolumetricDilatedConvolution",
    "VolumetricFullConvolution",
    "tables",
]
