"""Logs: the numbers of a training over its rows."""

import numpy as np

from nnmods.drawing.panels import (
    COLOURS,
    DASHES,
    LINE_WIDTH,
    check_drawing,
    dress,
    panels_in,
)
from nnmods.training import Logger, read_log


def draw_log(log, path, names=None, x=None, styles=None, log_scale=False):
    """Draw columns of a log as curves into a file.

    A curve goes from one number to the next; rows where it has none are passed over.

    Parameters
    ----------
    log : Logger, path, or dict of str to sequence of numbers
    path : str or path-like
        Ends with .png, .svg or .pdf. It is replaced as a whole or not at all.
    names : sequence of str, default=None
        Which columns; None draws all of them but ``x``.
    x : str, default=None
        The column along the horizontal axis; None counts the rows from 1.
    styles : dict of str to str, default=None
        What the curve of a name is drawn with, such as ``"--"`` or ``"+"``, in the
        words of matplotlib.
    log_scale : bool, default=False
        Whether the vertical axis is logarithmic.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If a file cannot be read or written.
    ValueError
        If the log has no rows, or not these columns, or nothing positive for a
        logarithmic axis, or ``path`` has another ending.

    Examples
    --------
    >>> draw_log({"cost": [0.5, 0.25]}, "cost.png")  # doctest: +SKIP
    """
    check_drawing(path)
    columns = _columns(log)
    if names is None:
        names = [name for name in columns if name != x]
    for name in [*names, *(styles or ()), *([] if x is None else [x])]:
        if name not in columns:
            raise ValueError(
                f"draw_log: log has no {name!r}, expected one of {', '.join(columns)}"
            )
    rows = {len(column) for column in columns.values()}
    if rows in (set(), {0}):
        raise ValueError("draw_log: log has 0 rows, expected at least one")
    if len(rows) > 1:
        raise ValueError(
            f"draw_log: log has columns of {sorted(rows)} rows, expected one length"
        )
    if log_scale and not any((columns[name] > 0).any() for name in names):
        raise ValueError(
            "draw_log: log_scale has value True, expected False where no number is "
            "positive"
        )
    (n,) = rows
    places = np.arange(1, n + 1) if x is None else columns[x]
    with panels_in(path, 1) as (panel,):
        for i, name in enumerate(names):
            _draw_line(panel, i, name, places, columns[name], (styles or {}).get(name))
        dress(panel, x or "row", "", loc="center left", bbox_to_anchor=(1, 0.5))
        panel.xaxis.label.set_parse_math(False)
        if x is None and n == 1:
            panel.set_xlim(0, 2)
        if log_scale:
            panel.set_yscale("log", nonpositive="mask")


def _columns(log):
    if isinstance(log, Logger):
        log = log.path
    if not isinstance(log, dict):
        return read_log(log)
    return {name: np.array(values, np.float64) for name, values in log.items()}


def _draw_line(panel, i, name, places, values, style):
    there = ~np.isnan(values)
    few = np.count_nonzero(there) <= 30  # more marks than that run into one another
    options = {
        "linestyle": DASHES[i // len(COLOURS) % len(DASHES)],
        "marker": "o" if few else None,
    }
    panel.plot(
        places[there],
        values[there],
        *([] if style is None else [style]),
        color=COLOURS[i % len(COLOURS)],
        linewidth=LINE_WIDTH,
        markersize=3.5 if style is None else 6,
        label=f" {name}",  # one that began with _ would be left out
        **(options if style is None else {}),
    )
