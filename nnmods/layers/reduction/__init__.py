"""Reductions along an axis."""

from nnmods.core.lazy import lazily

FILES = {
    "mean": "Mean",
    "min": "Min",
    "sum": "Sum",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
