"""Borders added to images."""

from nnmods.core.lazy import lazily

FILES = {
    "spatial_reflection_padding": "SpatialReflectionPadding",
    "spatial_replication_padding": "SpatialReplicationPadding",
    "spatial_zero_padding": "SpatialZeroPadding",
    "volumetric_replication_padding": "VolumetricReplicationPadding",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
