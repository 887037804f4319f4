"""Pooling."""

from nnmods.layers.pooling.spatial_average_pooling import SpatialAveragePooling
from nnmods.layers.pooling.spatial_max_pooling import SpatialMaxPooling

__all__ = ["SpatialAveragePooling", "SpatialMaxPooling"]
