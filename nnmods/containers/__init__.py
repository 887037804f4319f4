"""Modules made of modules."""

from nnmods.core.lazy import lazily

FILES = {
    "bi_sequencer": "BiSequencer",
    "bi_sequencer_lm": "BiSequencerLM",
    "bottle": "Bottle",
    "concat": "Concat",
    "concat_table": "ConcatTable",
    "decorator": "Decorator",
    "depth_concat": "DepthConcat",
    "dont_cast": "DontCast",
    "gpu": "GPU",
    "graph": "Graph",
    "map_table": "MapTable",
    "mask_zero": "MaskZero",
    "nan": "NaN",
    "parallel": "Parallel",
    "parallel_table": "ParallelTable",
    "profile": "Profile",
    "recurrent": "Recurrent",
    "recursor": "Recursor",
    "repeat": "Repeat",
    "repeater": "Repeater",
    "seq_brnn": "SeqBRNN",
    "sequencer": "Sequencer",
    "sequential": "Sequential",
    "serial": "Serial",
    "switch": "Switch",
    "trim_zero": "TrimZero",
    "weight_norm": "WeightNorm",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
