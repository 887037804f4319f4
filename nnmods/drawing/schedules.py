"""Schedules: the learning rate over the steps."""

from nnmods.drawing.panels import (
    COLOURS,
    DASHES,
    LINE_WIDTH,
    check_drawing,
    dress,
    panels_in,
)
from nnmods.optim.checks import check_count, check_number


def draw_schedule(schedules, steps, path, lr=1.0):
    """Draw the rates of schedules, ``lr * schedule(t)``, into a file.

    Parameters
    ----------
    schedules : callable or dict of str to callable
        One ``t -> factor``, as in `nnmods.optim.schedules`, or several by name. A
        `Plateau` is drawn as far as it got reports.
    steps : int
        The rates of the steps 0 to ``steps - 1`` are drawn.
    path : str or path-like
        Ends with .png, .svg or .pdf. It is replaced as a whole or not at all.
    lr : float, default=1.0
        The rate at factor 1.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> from nnmods.optim import Cosine, Step
    >>> draw_schedule({"stairs": Step(30), "wave": Cosine(90)}, 100, "rates.png")
    ... # doctest: +SKIP
    """
    check_drawing(path)
    named = schedules if isinstance(schedules, dict) else {None: schedules}
    if not named:
        raise ValueError("draw_schedule: schedules has 0 entries, expected at least 1")
    for name, schedule in named.items():
        if not callable(schedule):
            argument = "schedules" if name is None else f"schedules[{name!r}]"
            raise TypeError(
                f"draw_schedule: {argument} has type {type(schedule).__name__}, "
                "expected a callable t -> factor"
            )
    times = range(check_count("draw_schedule", "steps", steps))
    lr = check_number("draw_schedule", "lr", lr)
    rates = {
        name: [float(lr * schedule(t)) for t in times]
        for name, schedule in named.items()
    }
    with panels_in(path, 1) as (panel,):
        for i, (name, values) in enumerate(rates.items()):
            panel.plot(
                times,
                values,
                color=COLOURS[i % len(COLOURS)],
                linestyle=DASHES[i // len(COLOURS) % len(DASHES)],
                linewidth=LINE_WIDTH,
                marker="o" if steps == 1 else None,  # one point makes no line
                label=name,
            )
        # beside the panel: many curves leave no room in it
        dress(
            panel, "step", "learning rate", loc="center left", bbox_to_anchor=(1, 0.5)
        )
        if steps == 1:
            panel.set_xlim(-1, 1)
        if panel.dataLim.y0 >= 0:
            panel.set_ylim(bottom=0)
