"""Borders added to images."""

__all__ = []
