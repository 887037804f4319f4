"""Products of matrices and vectors."""

from nnmods.core.lazy import lazily

FILES = {
    "products": "MM MV",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
