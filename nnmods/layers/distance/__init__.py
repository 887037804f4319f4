"""Distances and angles: between rows, and from learned templates."""

from nnmods.layers.distance.between_rows import CosineDistance, DotProduct
from nnmods.layers.distance.cosine import Cosine
from nnmods.layers.distance.euclidean import Euclidean, WeightedEuclidean
from nnmods.layers.distance.pairwise_distance import PairwiseDistance

__all__ = [
    "Cosine",
    "CosineDistance",
    "DotProduct",
    "Euclidean",
    "PairwiseDistance",
    "WeightedEuclidean",
]
