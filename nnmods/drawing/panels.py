"""Panels: what all pictures of curves have in common, from the check to the file."""

import contextlib
import importlib.util
from pathlib import Path

from nnmods.core.files import replacing

FORMATS = ("png", "svg", "pdf")
LINE_WIDTH = 1.8
COLOURS = ("#1f77b4", "#d95f02", "#1b9e77", "#7570b3", "#a6761d", "#444444")
DASHES = ("-", "--", ":")  # once through the colours with each


def check_drawing(path):
    """Raise if no picture of curves could be drawn into a file of this name.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If the name does not end with .png, .svg or .pdf.
    """
    if _suffix(path) not in FORMATS:
        endings = ", ".join(f".{name}" for name in FORMATS)
        raise ValueError(f"{path}: is no kind of picture, expected one of {endings}")
    if importlib.util.find_spec("matplotlib") is None:
        raise ImportError(
            "drawing needs the package matplotlib: pip install 'nnmods[cli]'"
        )


@contextlib.contextmanager
def panels_in(path, count, size=(9, 3.6)):
    """Give a block some panels, side by side, and write what it drew to a file.

    ``size`` is that of the whole picture, in inches.
    """
    # Figure rather than pyplot, which would keep the figure and choose a backend
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    yield figure.subplots(1, count, squeeze=False)[0]
    with replacing(path) as file:
        figure.savefig(file, format=_suffix(path), dpi=150)


def dress(panel, x_label, y_label, **legend):
    """Add labels and a grid, and a legend if there is something to tell apart.

    It stands where the curves leave room, or where ``legend`` says, in the words of
    matplotlib.
    """
    from matplotlib.ticker import MaxNLocator

    panel.set_xlabel(x_label)
    panel.set_ylabel(y_label)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.grid(color="0.9", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
    if panel.get_legend_handles_labels()[1]:
        for text in panel.legend(frameon=False, **legend).get_texts():
            text.set_parse_math(False)  # a $ in a name is a $


def _suffix(path):
    return Path(path).suffix[1:].lower()
