"""Borders added to images."""

from nnmods.layers.padding.spatial_reflection_padding import SpatialReflectionPadding
from nnmods.layers.padding.spatial_replication_padding import SpatialReplicationPadding
from nnmods.layers.padding.spatial_zero_padding import SpatialZeroPadding
from nnmods.layers.padding.volumetric_replication_padding import (
    VolumetricReplicationPadding,
)

__all__ = [
    "SpatialReflectionPadding",
    "SpatialReplicationPadding",
    "SpatialZeroPadding",
    "VolumetricReplicationPadding",
]
