"""Leaf modules with shape rules of their own, a folder per family."""

from nnmods.layers.convolution import SpatialConvolution
from nnmods.layers.linear import Linear
from nnmods.layers.noise import Dropout
from nnmods.layers.normalization import BatchNormalization, SpatialBatchNormalization
from nnmods.layers.pooling import SpatialAveragePooling, SpatialMaxPooling
from nnmods.layers.shape import Flatten, Identity, Reshape, View
from nnmods.layers.table import Add, Duplicate, JoinTable, Max, SelectTable

__all__ = [
    "Add",
    "BatchNormalization",
    "Dropout",
    "Duplicate",
    "Flatten",
    "Identity",
    "JoinTable",
    "Linear",
    "Max",
    "Reshape",
    "SelectTable",
    "SpatialAveragePooling",
    "SpatialBatchNormalization",
    "SpatialConvolution",
    "SpatialMaxPooling",
    "View",
]
