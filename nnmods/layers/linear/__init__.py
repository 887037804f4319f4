"""Affine maps, dense, sparse and in parts, and tables whose rows are looked up."""

from nnmods.layers.linear.bilinear import Bilinear
from nnmods.layers.linear.embedding import Embedding
from nnmods.layers.linear.index_linear import IndexLinear
from nnmods.layers.linear.kmeans import Kmeans
from nnmods.layers.linear.linear import Linear, LinearNoBias
from nnmods.layers.linear.linear_weight_norm import LinearWeightNorm
from nnmods.layers.linear.lookup_table import LookupTable, LookupTableMaskZero
from nnmods.layers.linear.maxout import Maxout
from nnmods.layers.linear.partial_linear import PartialLinear
from nnmods.layers.linear.sparse_linear import SparseLinear

__all__ = [
    "Bilinear",
    "Embedding",
    "IndexLinear",
    "Kmeans",
    "Linear",
    "LinearNoBias",
    "LinearWeightNorm",
    "LookupTable",
    "LookupTableMaskZero",
    "Maxout",
    "PartialLinear",
    "SparseLinear",
]
