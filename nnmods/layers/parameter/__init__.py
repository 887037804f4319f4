"""Parameters that meet x entry by entry, and values that do not learn."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
