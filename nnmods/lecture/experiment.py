"""Experiment: what a trial of one of the lecture's statements comes to, as data."""

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np


class Series(NamedTuple):
    """One line, a set of points, or bars.

    Attributes
    ----------
    label : str
        For the legend; "" leaves it out of it.
    x : sequence
        Numbers, or texts under bars.
    y : sequence of float
    kind : {"line", "points", "bars", "guide"}
        A guide is a thin dashed line to compare the others with.
    """

    label: str
    x: object
    y: object
    kind: str = "line"


class Panel(NamedTuple):
    """A set of axes.

    Attributes
    ----------
    x_label, y_label : str
        With the unit in brackets, if there is one.
    series : list of Series
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    y_range : tuple of float, or None
    """

    x_label: str
    y_label: str
    series: list
    log: str = ""
    y_range: tuple | None = None


@dataclass(frozen=True)
class Experiment:
    """The outcome of an experiment.

    Attributes
    ----------
    number : int
        Of the statement.
    title : str
        The finding in a few words.
    statement : str
        What is claimed, in a sentence or two.
    numbers : dict of str to dict of str to float
        By the name of the row and that of the column, "" if it has only one.
    holds : bool
        Whether the numbers agree with the statement.
    verdict : str
        A sentence with the numbers that matter.
    panels : list of Panel
        The curves.
    """

    number: int
    title: str
    statement: str
    numbers: dict
    holds: bool
    verdict: str
    panels: list

    def __post_init__(self):
        plain = {
            name: {column: np.asarray(number).item() for column, number in row.items()}
            for name, row in self.numbers.items()
        }  # of Python's own types, and so is what follows
        object.__setattr__(self, "numbers", plain)
        object.__setattr__(self, "holds", bool(self.holds))

    @property
    def table(self):
        """The numbers as text in four digits, a table for rows with the same columns.

        Examples
        --------
        >>> rows = {"flat": {"cost": 0.5}, "steep": {"cost": 1e-9}, "kappa": {"": 40}}
        >>> print(Experiment(0, "", "", rows, True, "", []).table)
                cost
        flat     0.5
        steep  1e-09
        <BLANKLINE>
        kappa  40
        """
        blocks = groupby(self.numbers, lambda name: tuple(self.numbers[name]))
        return "\n\n".join(self._block(columns, [*names]) for columns, names in blocks)

    def _block(self, columns, names):
        cells = [[f"{value:.4g}" for value in self.numbers[n].values()] for n in names]
        if any(columns):
            names, cells = ["", *names], [columns, *cells]
        wide = max(map(len, names))
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join([name.ljust(wide), *map(str.rjust, row, widths)])
            for name, row in zip(names, cells, strict=True)
        )


def slope(x, y):
    """Return the slope of the straight line through points, by least squares."""
    return float(np.polyfit(x, y, 1)[0])
