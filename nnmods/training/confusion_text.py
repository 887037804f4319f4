"""Text of a confusion matrix: a table, or the mistakes if it is too large for one."""

#: Wider tables have numbers over their columns, rather than names.
WIDTH = 88
#: More classes than that do not fit the width of a page.
MOST_COLUMNS = 20
#: Longer names are cut.
LONGEST_NAME = 12


def text(confusion):
    """Return the table of a confusion matrix, or its most frequent mistakes."""
    if len(confusion.classes) > MOST_COLUMNS:
        return "\n".join([*_mistakes(confusion), *_averages(confusion)])
    names = [short(name, LONGEST_NAME) for name in confusion.classes]
    numbers = [str(i) for i in range(len(names))]
    lines = _table(confusion, names, names)
    if len(lines[0]) > WIDTH and names != numbers:
        width = len(numbers[-1])
        rows = [f"{i:>{width}} {name}" for i, name in enumerate(names)]
        lines = _table(confusion, rows, numbers)
    return "\n".join([*lines, "rows: the true class; columns: the predicted one"])


def short(name, length):
    """Return a name, cut to a length.

    Examples
    --------
    >>> short("aeroplane", 9), short("aeroplane", 5)
    ('aeroplane', 'aero~')
    """
    return name if len(name) <= length else f"{name[: length - 1]}~"


def percent(share):
    """Return a share in per cent, and a dash for nan.

    Examples
    --------
    >>> percent(0.5), percent(float("nan"))
    ('50.0 %', '-')
    """
    return f"{100 * share:.1f} %" if share == share else "-"


def _table(confusion, rows, columns):
    blank = [""] * len(columns)
    cells = [
        ["", *columns, "correct"],
        *(
            [name, *map(str, counts), percent(recall)]
            for name, counts, recall in zip(
                rows, confusion.counts, confusion.recall, strict=True
            )
        ),
        ["average", *blank, percent(confusion.balanced_accuracy)],
        ["all", *blank, percent(confusion.accuracy)],
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
        for row in cells
    ]


def _mistakes(confusion):
    lines = [f"{i} taken for {j}: {n}" for i, j, n in confusion.mistakes()[:10]]
    return ["most frequent mistakes", *(lines or ["none"])]


def _averages(confusion):
    return [
        f"average of the classes: {percent(confusion.balanced_accuracy)} correct",
        f"all samples: {percent(confusion.accuracy)} correct",
    ]
