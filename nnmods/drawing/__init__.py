"""Pictures: the curves of a training."""

from nnmods.drawing.curves import draw_curves

__all__ = ["draw_curves"]
