"""Affine maps, dense, sparse and in parts, and tables whose rows are looked up."""

from nnmods.catalogue import lazily

__all__, __getattr__, __dir__ = lazily(__name__)
