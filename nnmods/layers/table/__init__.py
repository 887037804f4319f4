"""Modules that make, join, combine or pick from tables."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
