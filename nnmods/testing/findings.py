"""Findings: one mistake in one term, and kinks, which are none."""

import dataclasses
import textwrap

import numpy as np


@dataclasses.dataclass
class Finding:
    """One mistake in one term.

    Attributes
    ----------
    term : str
        What is wrong: "y", "dC_dx", "grad_weight" (or "0.grad_weight", of module 0),
        "x" or "dC_dy", or "module".
    mistake : str
        A short name that stays the same, such as "transposed-weight".
    message : str
        A sentence that says what is wrong, and what to change.
    verb : str
        The method to look at.
    got, expected : ndarray or None
        The numbers, at the smallest input that shows the mistake.
    deviation : float or None
        How far what the mistake predicts is from what was got, the largest difference.
    shape : tuple, list of tuples or None
        Of the smallest input that shows the mistake.
    path : str or None
    line : int or None
        Where to look in the source.
    code : str
        What stands in that line.
    """

    term: str
    mistake: str
    message: str
    verb: str
    got: np.ndarray | None = None
    expected: np.ndarray | None = None
    deviation: float | None = None
    shape: tuple | list | None = None
    path: str | None = None
    line: int | None = None
    code: str = ""

    def __str__(self):
        message = textwrap.fill(
            self.message, 86, initial_indent="  ", subsequent_indent="  "
        )
        lines = [f"{self.term}: {self.mistake}", message]
        if self.path is not None:
            code = f": {self.code}" if self.code else ""
            lines.append(f"  {self.path}, line {self.line}{code}")
        if self.shape is not None:
            lines.append(f"  smallest x that shows it: {self.shape}")
        for name, values in (("got", self.got), ("expected", self.expected)):
            if values is not None:
                lines.append(f"  {name:9}{_numbers(values)}")
        if self.deviation is not None:
            lines.append("  got is what this mistake gives, as far as can be measured")
        return "\n".join(lines)


@dataclasses.dataclass
class Kink:
    """An entry at which y has two slopes: differences say nothing there.

    Attributes
    ----------
    term : str
    index : int
        Of the entry, all arrays of the term one after another.
    got, low, high : float
        What the module says, and the bounds of what may be said.
    """

    term: str
    index: int
    got: float
    low: float
    high: float

    def __str__(self):
        return (
            f"{self.term}: kink at entry {self.index}: {self.got + 0:.6g} lies between "
            f"the slopes {self.low + 0:.6g} and {self.high + 0:.6g}, no mistake"
        )


def _numbers(values):
    text = np.array2string(np.asarray(values), precision=6, threshold=24, edgeitems=3)
    return text.replace("\n", "\n" + 11 * " ")
