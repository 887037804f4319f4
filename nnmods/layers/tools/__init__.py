"""Modules that pass data through and act on the gradient, or only look."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
