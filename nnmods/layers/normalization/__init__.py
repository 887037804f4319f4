"""Modules that normalise their input."""

from nnmods.layers.normalization.batch_normalization import (
    BatchNormalization,
    SpatialBatchNormalization,
)

__all__ = ["BatchNormalization", "SpatialBatchNormalization"]
