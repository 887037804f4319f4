"""Distances and similarities of vectors."""

__all__ = []
