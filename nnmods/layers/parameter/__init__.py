"""Parameters applied entry by entry, and constants."""

__all__ = []
