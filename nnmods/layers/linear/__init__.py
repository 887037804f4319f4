"""Affine maps, dense, sparse and in parts, and tables whose rows are looked up."""

from nnmods.core.lazy import lazily

FILES = {
    "bilinear": "Bilinear",
    "embedding": "Embedding",
    "index_linear": "IndexLinear",
    "kmeans": "Kmeans",
    "linear": "Linear LinearNoBias",
    "linear_weight_norm": "LinearWeightNorm",
    "lookup_table": "LookupTable LookupTableMaskZero",
    "maxout": "Maxout",
    "partial_linear": "PartialLinear",
    "sparse_linear": "SparseLinear",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
