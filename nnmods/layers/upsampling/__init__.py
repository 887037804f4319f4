"""Images made larger."""

__all__ = []
