"""Confusion: a confusion matrix as a picture."""

import numpy as np

from nnmods.drawing.panels import check_drawing, panels_in
from nnmods.training.confusion_text import percent, short

NORMALISED = {
    None: "samples",
    "true": "% of the true class",
    "predicted": "% of the predicted class",
    "all": "% of all samples",
}
LONGEST_NAME = 24
POINTS = 72  # to the inch
LEAST_POINTS = 7  # smaller numbers cannot be read
WIDTH = 0.62  # of a digit, as a share of the size of the font


def draw_confusion(confusion, path, normalise="true"):
    """Draw a confusion matrix into a file.

    Rows are the true classes, columns the predicted ones. The darker a cell, the more
    samples it has; small numbers are spread out, so that rare mistakes are seen. Each
    cell that is not 0 has its number, where there is room. A row without samples
    is grey.

    Parameters
    ----------
    confusion : ConfusionMatrix
    path : str or path-like
        Ends with .png, .svg or .pdf. It is replaced as a whole or not at all.
    normalise : {"true", "predicted", "all", None}, default="true"
        What the numbers are per cent of: the samples of the true class, those that were
        taken for the predicted one, or all of them. None has the counts themselves.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.
    ValueError
        If the name has another ending, or ``normalise`` is none of these.

    Examples
    --------
    >>> from nnmods.training import ConfusionMatrix
    >>> draw_confusion(ConfusionMatrix(10), "digits.png")  # doctest: +SKIP
    """
    check_drawing(path)
    if normalise not in NORMALISED:
        raise ValueError(
            f"draw_confusion: normalise has value {normalise!r}, expected one of "
            f"{', '.join(map(repr, NORMALISED))}"
        )
    numbers = _numbers(confusion.counts, normalise)
    names = [short(name, LONGEST_NAME) for name in confusion.classes]
    n = len(names)
    side = min(max(0.45 * n, 2.0), 12.0)  # inches
    cell = POINTS * side / n
    margin = 1 + 0.08 * max(map(len, names))
    with panels_in(path, 1, (side + margin + 1, side + margin)) as (panel,):
        _draw_cells(panel, numbers, NORMALISED[normalise], fixed=normalise is not None)
        _write_numbers(panel, numbers, cell, counts=normalise is None)
        _write_names(panel, names, cell)
        panel.set_title(
            f"correct: {percent(confusion.accuracy)} of all samples,\n"
            f"{percent(confusion.balanced_accuracy)} of the average class",
            fontsize=10,
        )


def _numbers(counts, normalise):
    """Return the counts, or per cent; nan is per cent of nothing."""
    if normalise is None:
        return counts.astype(np.float64)
    axis = {"true": 1, "predicted": 0, "all": None}[normalise]
    whole = np.broadcast_to(counts.sum(axis=axis, keepdims=True), counts.shape)
    shares = np.full(counts.shape, np.nan)
    return np.divide(100 * counts, whole, out=shares, where=whole > 0)


def _draw_cells(panel, numbers, label, fixed):
    from matplotlib import colormaps
    from matplotlib.colors import PowerNorm

    largest = 100 if fixed else max(numbers.max(), 1)
    image = panel.imshow(
        numbers,
        cmap=colormaps["Blues"].with_extremes(bad="0.9"),
        norm=PowerNorm(0.5, 0, largest),
        interpolation="nearest",
    )
    panel.figure.colorbar(image, ax=panel, label=label, shrink=0.8)


def _write_numbers(panel, numbers, cell, counts):
    """Write each number that is not 0 into its cell, if the longest one fits."""
    texts = {
        (i, j): f"{numbers[i, j]:.0f}" if counts else f"{numbers[i, j]:.1f}"
        for i, j in np.argwhere(numbers > 0)
    }
    longest = max(map(len, texts.values()), default=1)
    size = min(0.85 * cell / (WIDTH * longest), 10)
    if size < LEAST_POINTS:
        return
    dark = panel.images[0].norm(numbers) > 0.6
    for (i, j), text in texts.items():
        colour = "white" if dark[i, j] else "#17202b"
        written = panel.text(
            j, i, text, ha="center", va="center", color=colour, fontsize=size
        )
        written.set_in_layout(False)  # it stays inside: measuring all takes seconds


def _write_names(panel, names, cell):
    size = min(max(0.75 * cell, 3.5), 10)
    every = int(np.ceil(1.1 * size / cell))  # of more names each would cover the next
    places = range(0, len(names), every)
    shown = [names[i] for i in places]
    fits = WIDTH * size * max(map(len, shown)) < 0.8 * cell * every
    style = {"fontsize": size, "parse_math": False}  # a $ in a name is a $
    panel.set_xticks(places, shown, rotation=0 if fits else 90, **style)
    panel.set_yticks(places, shown, **style)
    panel.tick_params(length=2)
    panel.set_xlabel("predicted class")
    panel.set_ylabel("true class")
