"""Modules that normalise their input."""

from nnmods.core.lazy import lazily

FILES = {
    "batch_normalization": (
        "BatchNormalization SpatialBatchNormalization VolumetricBatchNormalization"
    ),
    "group_norm": "GroupNorm",
    "instance_norm": "InstanceNorm",
    "layer_norm": "LayerNorm RMSNorm",
    "layer_normalization": "LayerNormalization",
    "normalize": "Normalize",
    "spatial_contrastive_normalization": "SpatialContrastiveNormalization",
    "spatial_cross_map_lrn": "SpatialCrossMapLRN",
    "spatial_divisive_normalization": "SpatialDivisiveNormalization",
    "spatial_subtractive_normalization": "SpatialSubtractiveNormalization",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
