"""Modules made of modules."""

from nnmods.containers.sequential import Sequential

__all__ = ["Sequential"]
