"""Pictures: networks and their gradients, and what a training came to."""

from nnmods.drawing.confusion import draw_confusion
from nnmods.drawing.curves import draw_curves
from nnmods.drawing.experiment import draw_experiment
from nnmods.drawing.formats import Picture
from nnmods.drawing.logs import draw_log
from nnmods.drawing.picture import draw
from nnmods.drawing.schedules import draw_schedule

__all__ = [
    "Picture",
    "draw",
    "draw_confusion",
    "draw_curves",
    "draw_experiment",
    "draw_log",
    "draw_schedule",
]
