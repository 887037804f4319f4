"""The table, as lines of text."""

import statistics

from harness.figures import ratio, verdicts
from harness.row import GROUPS, PEERS, REFERENCE

NAME = 42  # characters
BUSY = 0.1  # of the processors taken by others, from which on it is said


def heading(memory):
    """Return the first line."""
    columns = "".join(f"{peer:>9}" for peer in PEERS)
    return f"{'row':{NAME}}{columns}{'ratio':>8}{'wanted':>8}" + "  memory" * memory


def line(row, memory=False):
    """Return the line of a row: medians, ratio, what is wanted of it.

    Parameters
    ----------
    row : dict
        As `harness.worker` gives it.
    memory : bool
        Whether there is a column for peak memory, PyTorch's over ours.
    """
    if "error" in row:
        return f"{row['name']:{NAME}} failed: {row['error']}"
    medians = {peer: statistics.median(t) for peer, t in row["times"].items()}
    columns = "".join(f"{duration(medians.get(peer)):>9}" for peer in PEERS)
    found, wanted = ratio(row["times"]), GROUPS[row["group"]]
    mark = " " if found is None or found >= wanted else "<"
    text = f"{row['name']:{NAME}}{columns}{number(found):>8}{mark:>2}{wanted:6.2f}"
    if memory:
        text += f"{number((row.get('memory') or {}).get('ratio')):>8}"
    if row.get("others", 0) > BUSY:
        text += f"  others took {row['others']:.0%} of the machine"
    return text.rstrip()


def summary(rows):
    """Return the lines at the end: each group, its figure, and whether it holds."""
    rows = [row for row in rows if "error" not in row]
    lines = [
        f"ratios are to {REFERENCE}, larger is better for nnmods",
        f"{'':30}{'wanted':>7}{'mean':>8}{'least':>8}",
    ]
    for what, wanted, mean, name, least in verdicts(rows):
        holds = "holds" if least >= wanted else "FAILS"
        lines.append(f"{what:30}{wanted:7.2f}{mean:8.2f}{least:8.2f}  {holds}  {name}")
    return lines


def number(value):
    """Return a ratio as text, and a dash for None."""
    return "-" if value is None else f"{value:.2f}"


def duration(seconds):
    """Return a time as text of at most 8 characters.

    Examples
    --------
    >>> [duration(t) for t in (None, 9.1e-7, 1.234e-5, 0.0123, 2.5)]
    ['-', '0.91 us', '12.3 us', '12.3 ms', '2.50 s']
    """
    if seconds is None:
        return "-"
    for factor, unit in ((1e6, "us"), (1e3, "ms"), (1, "s")):
        value = seconds * factor
        if value < 1000 or unit == "s":
            digits = 2 if value < 10 else 1 if value < 100 else 0
            return f"{value:.{digits}f} {unit}"
