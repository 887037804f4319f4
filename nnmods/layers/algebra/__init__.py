"""Products of matrices and vectors."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
