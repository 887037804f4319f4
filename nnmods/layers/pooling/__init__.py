"""Pooling."""

from nnmods.layers.pooling.feature_lp_pooling import FeatureLPPooling
from nnmods.layers.pooling.spatial_adaptive_average_pooling import (
    SpatialAdaptiveAveragePooling,
)
from nnmods.layers.pooling.spatial_adaptive_max_pooling import SpatialAdaptiveMaxPooling
from nnmods.layers.pooling.spatial_average_pooling import SpatialAveragePooling
from nnmods.layers.pooling.spatial_dilated_max_pooling import SpatialDilatedMaxPooling
from nnmods.layers.pooling.spatial_fractional_max_pooling import (
    SpatialFractionalMaxPooling,
)
from nnmods.layers.pooling.spatial_lp_pooling import SpatialLPPooling
from nnmods.layers.pooling.spatial_max_pooling import SpatialMaxPooling
from nnmods.layers.pooling.spatial_max_unpooling import SpatialMaxUnpooling
from nnmods.layers.pooling.spatial_sub_sampling import SpatialSubSampling
from nnmods.layers.pooling.temporal_dynamic_k_max_pooling import (
    TemporalDynamicKMaxPooling,
)
from nnmods.layers.pooling.temporal_max_pooling import TemporalMaxPooling
from nnmods.layers.pooling.temporal_sub_sampling import TemporalSubSampling
from nnmods.layers.pooling.volumetric_average_pooling import VolumetricAveragePooling
from nnmods.layers.pooling.volumetric_dilated_max_pooling import (
    VolumetricDilatedMaxPooling,
)
from nnmods.layers.pooling.volumetric_fractional_max_pooling import (
    VolumetricFractionalMaxPooling,
)
from nnmods.layers.pooling.volumetric_max_pooling import VolumetricMaxPooling
from nnmods.layers.pooling.volumetric_max_unpooling import VolumetricMaxUnpooling

__all__ = [
    "FeatureLPPooling",
    "SpatialAdaptiveAveragePooling",
    "SpatialAdaptiveMaxPooling",
    "SpatialAveragePooling",
    "SpatialDilatedMaxPooling",
    "SpatialFractionalMaxPooling",
    "SpatialLPPooling",
    "SpatialMaxPooling",
    "SpatialMaxUnpooling",
    "SpatialSubSampling",
    "TemporalDynamicKMaxPooling",
    "TemporalMaxPooling",
    "TemporalSubSampling",
    "VolumetricAveragePooling",
    "VolumetricDilatedMaxPooling",
    "VolumetricFractionalMaxPooling",
    "VolumetricMaxPooling",
    "VolumetricMaxUnpooling",
]
