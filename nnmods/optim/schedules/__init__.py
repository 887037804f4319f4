"""Schedules: how the learning rate changes as training goes on.

A schedule is any callable ``t -> factor``: step t, counted from 0, is made with the
rate ``lr * factor``. The ones here are values, which may be called for any t at any
time; `Plateau` alone has to be told how training goes.
"""

from nnmods.core.lazy import lazily

FILES = {
    "combining": "Product Sequence",
    "cosine": "Cosine CosineRestarts",
    "decays": "Constant Exponential InverseTime Polynomial",
    "function": "Lambda",
    "plateau": "Plateau",
    "rises": "LinearWarmup OneCycle",
    "stairs": "MultiStep Step",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
