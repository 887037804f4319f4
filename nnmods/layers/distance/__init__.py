"""Distances and angles: between rows, and from learned templates."""

from nnmods.core.lazy import lazily

FILES = {
    "between_rows": "CosineDistance DotProduct",
    "cosine": "Cosine",
    "euclidean": "Euclidean WeightedEuclidean",
    "pairwise_distance": "PairwiseDistance",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
