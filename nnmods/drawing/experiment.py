"""Experiments: the panels of one of the lecture's statements."""

from itertools import cycle

from nnmods.drawing.panels import COLOURS, LINE_WIDTH, check_drawing, dress, panels_in


def draw_experiment(experiment, path):
    """Draw the panels of an experiment into a file, its title above them.

    Parameters
    ----------
    experiment : Experiment
        Of `nnmods.lecture`.
    path : str or path-like
        Ends with .png, .svg or .pdf. It is replaced as a whole or not at all.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.
    ValueError
        If its name has another ending.

    Examples
    --------
    >>> from nnmods.lecture import EXPERIMENTS
    >>> draw_experiment(EXPERIMENTS[31].run(), "rates.png")  # doctest: +SKIP
    """
    check_drawing(path)
    with panels_in(path, len(experiment.panels)) as axes:
        title = experiment.title if experiment.holds else f"Not so: {experiment.title}"
        axes[0].figure.suptitle(f"{experiment.number}  {title}", fontsize="large")
        for panel, described in zip(axes, experiment.panels, strict=True):
            _draw(panel, described)


def _draw(panel, described):
    colours = cycle(COLOURS)
    for series in described.series:
        if series.kind == "guide":
            panel.plot(
                series.x,
                series.y,
                color="0.4",
                linestyle="--",
                linewidth=1,
                label=series.label or None,
            )
        elif series.kind == "bars":
            panel.bar(series.x, series.y, width=0.6, color=COLOURS[: len(series.x)])
        else:
            _draw_line(panel, series, next(colours))
    many = sum(series.label != "" for series in described.series) > 4
    legend = {"loc": "center left", "bbox_to_anchor": (1, 0.5)} if many else {}
    dress(panel, described.x_label, described.y_label, **legend)
    # after `dress`, whose ticks are for linear axes
    has_bars = any(series.kind == "bars" for series in described.series)
    if has_bars:
        names = described.series[0].x
        panel.set_xticks(range(len(names)), names)
    if "x" in described.log:
        panel.set_xscale("log")
    if "y" in described.log:
        panel.set_yscale("log")
    if described.y_range is not None:
        panel.set_ylim(*described.y_range)


def _draw_line(panel, series, colour):
    points = series.kind == "points"
    panel.plot(
        series.x,
        series.y,
        color=colour,
        linewidth=LINE_WIDTH,
        linestyle="none" if points else "-",
        marker="o" if points or len(series.x) <= 15 else None,
        markersize=4,
        label=series.label or None,
    )
