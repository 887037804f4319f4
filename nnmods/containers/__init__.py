"""Modules made of modules."""

from nnmods.core.lazy import lazily

FILES = {
    "bottle": "Bottle",
    "concat": "Concat",
    "concat_table": "ConcatTable",
    "decorator": "Decorator",
    "depth_concat": "DepthConcat",
    "dont_cast": "DontCast",
    "gpu": "GPU",
    "map_table": "MapTable",
    "nan": "NaN",
    "parallel": "Parallel",
    "parallel_table": "ParallelTable",
    "profile": "Profile",
    "sequential": "Sequential",
    "serial": "Serial",
    "weight_norm": "WeightNorm",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
