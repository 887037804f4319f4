"""Modules that select, pad, move or reshape, and do not compute."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
