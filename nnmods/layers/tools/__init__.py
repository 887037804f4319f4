"""Modules that pass data through and act on the gradient, or only look."""

__all__ = []
