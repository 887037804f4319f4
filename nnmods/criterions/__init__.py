"""Criterions: scalar costs of y and a target, and their gradients."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
