"""What a network does to values and gradients, looked at closely."""

from nnmods.analysis.watching import Watch

__all__ = ["Watch"]
