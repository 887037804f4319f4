"""Leaf modules with shape rules of their own, a folder per family."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
