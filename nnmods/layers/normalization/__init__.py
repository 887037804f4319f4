"""Modules that normalise their input."""

from nnmods.layers.normalization.batch_normalization import (
    BatchNormalization,
    SpatialBatchNormalization,
    VolumetricBatchNormalization,
)
from nnmods.layers.normalization.group_norm import GroupNorm
from nnmods.layers.normalization.instance_norm import InstanceNorm
from nnmods.layers.normalization.layer_norm import LayerNorm, RMSNorm
from nnmods.layers.normalization.layer_normalization import LayerNormalization
from nnmods.layers.normalization.normalize import Normalize
from nnmods.layers.normalization.spatial_contrastive_normalization import (
    SpatialContrastiveNormalization,
)
from nnmods.layers.normalization.spatial_cross_map_lrn import SpatialCrossMapLRN
from nnmods.layers.normalization.spatial_divisive_normalization import (
    SpatialDivisiveNormalization,
)
from nnmods.layers.normalization.spatial_subtractive_normalization import (
    SpatialSubtractiveNormalization,
)

__all__ = [
    "BatchNormalization",
    "GroupNorm",
    "InstanceNorm",
    "LayerNorm",
    "LayerNormalization",
    "Normalize",
    "RMSNorm",
    "SpatialBatchNormalization",
    "SpatialContrastiveNormalization",
    "SpatialCrossMapLRN",
    "SpatialDivisiveNormalization",
    "SpatialSubtractiveNormalization",
    "VolumetricBatchNormalization",
]
