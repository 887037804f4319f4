"""Parameters that meet x entry by entry, and values that do not learn."""

from nnmods.core.lazy import lazily

FILES = {
    "cadd": "CAdd",
    "cmul": "CMul Mul",
    "constant": "Constant",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
