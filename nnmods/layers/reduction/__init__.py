"""Reductions along an axis."""

__all__ = []
