"""Pictures: networks and their gradients, and the curves of a training."""

from nnmods.drawing.curves import draw_curves
from nnmods.drawing.formats import Picture
from nnmods.drawing.picture import draw

__all__ = ["Picture", "draw", "draw_curves"]
