"""Curves: cost and accuracy over the epochs of a training."""

from nnmods.drawing.panels import LINE_WIDTH, check_drawing, dress, panels_in

# Told apart by the colour-blind
COLOURS = {"train": "#1f77b4", "validation": "#d95f02"}


def draw_curves(history, path):
    """Draw the curves of a training into a file.

    The left panel has the cost, the right one the accuracy in per cent, both over the
    epochs, counted from 1. What was not measured is left out.

    Parameters
    ----------
    history : History or dict
        The lists ``train_cost``, ``train_accuracy``, ``validation_cost`` and
        ``validation_accuracy``, such as those under ``"history"`` in what
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
    epochs = range(1, len(lists.get("train_cost", ())) + 1)
    if not epochs:
        raise ValueError("draw_curves: history has 0 epochs, expected at least one")

    with panels_in(path, 2) as panels:
        for panel, measure in zip(panels, ("cost", "accuracy"), strict=True):
            for part, colour in COLOURS.items():
                values = lists.get(f"{part}_{measure}", [None])
                if None not in values:
                    _draw_line(panel, epochs, values, measure, part, colour)
            _set_axes(panel, measure, len(epochs))


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
        linewidth=LINE_WIDTH,
        marker="o" if few else None,
        markersize=3.5,
        label=f"{part} (last {last})",
    )


def _set_axes(panel, measure, n_epochs):
    dress(panel, "epoch", "accuracy (%)" if measure == "accuracy" else measure)
    if n_epochs == 1:
        panel.set_xlim(0, 2)
    if panel.lines:
        low, high = panel.dataLim.intervaly
        if measure == "cost" and 0 < 10 * low < high:
            panel.set_yscale("log")  # or the later epochs would be one flat line
