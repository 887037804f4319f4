"""Curves: cost and accuracy over the epochs of a training."""

import importlib.util
from pathlib import Path

from nnmods.core.files import replacing

FORMATS = ("png", "svg", "pdf")
COLOURS = {"train": "#1f77b4", "test": "#d95f02"}  # told apart by the colour-blind


def draw_curves(history, path):
    """Draw the curves of a training into a file.

    The left panel has the cost, the right one the accuracy in per cent, both over the
    epochs, counted from 1. What was not measured is left out.

    Parameters
    ----------
    history : History or dict
        The lists ``train_cost``, ``train_accuracy``, ``test_cost`` and
        ``test_accuracy``, such as those under ``"history"`` in what
        ``nnmods train --json`` writes.
    path : str or path-like
        Ends with .png, .svg or .pdf. It is replaced as a whole or not at all.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.
    ValueError
        If its name has another ending, or no epoch was completed.
    """
    check_drawing(path)
    lists = history if isinstance(history, dict) else history.as_dict()
    epochs = range(1, len(lists["train_cost"]) + 1)
    if not epochs:
        raise ValueError("draw_curves: history has 0 epochs, expected at least one")

    # Figure rather than pyplot, which would keep the figure and choose a backend
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    for panel, measure in zip(panels, ("cost", "accuracy"), strict=True):
        for part, colour in COLOURS.items():
            values = lists[f"{part}_{measure}"]
            if None not in values:
                _draw_line(panel, epochs, values, measure, part, colour)
        _dress(panel, measure, len(epochs))
    with replacing(path) as file:
        figure.savefig(file, format=_suffix(path), dpi=150)


def check_drawing(path):
    """Raise if `draw_curves` could not draw into a file of this name.

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


def _suffix(path):
    return Path(path).suffix[1:].lower()


def _draw_line(panel, epochs, values, measure, part, colour):
    if measure == "accuracy":
        values = [100 * value for value in values]
        last = f"{values[-1]:.1f} %"
    else:
        last = f"{values[-1]:.3g}"
    few = len(epochs) <= 30  # more marks than that run into one another
    panel.plot(
        epochs,
        values,
        color=colour,
        linewidth=1.8,
        marker="o" if few else None,
        markersize=3.5,
        label=f"{part} (last {last})",
    )


def _dress(panel, measure, n_epochs):
    from matplotlib.ticker import MaxNLocator

    panel.set_xlabel("epoch")
    panel.set_ylabel("accuracy (%)" if measure == "accuracy" else measure)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    if n_epochs == 1:
        panel.set_xlim(0, 2)
    panel.grid(color="0.9", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
    if panel.lines:
        panel.legend(frameon=False)
        low, high = panel.dataLim.intervaly
        if measure == "cost" and 0 < 10 * low < high:
            panel.set_yscale("log")  # or the later epochs would be one flat line
