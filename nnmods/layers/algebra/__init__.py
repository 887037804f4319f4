"""Products of matrices and vectors."""

__all__ = []
