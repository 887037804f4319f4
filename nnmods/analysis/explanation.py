"""Explanation: what `explain` found, as records, as text and as HTML."""

from dataclasses import dataclass

from nnmods.analysis.columns import columns_of, lines_of, summary
from nnmods.analysis.html import page


@dataclass(repr=False)
class Explanation:
    """What each module of a network did to values and gradients in one sweep.

    It shows itself as a table: ``print`` it, or let a notebook do so.

    Attributes
    ----------
    records : list of dict
        Of the modules; see `explain`.
    whole : dict
        The record of the network as one module, with all its parameters.
    verdict : str
        What is wrong, if anything, in one line.
    culprit : str or None
        The path of the module to blame.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> net = nn.Sequential(nn.MulConstant(0.5), nn.ReLU())
    >>> told = nn.explain(net, np.array([[1.0, -2.0], [3.0, 4.0]]), np.ones((2, 2)))
    >>> print(told)
      path  class        x    y    J    |dC_dy|  |dC_dx|  ratio  sigma  sat  dead  zero
      0     MulConstant  2x2  2x2  4x4      1.7     0.87    0.5    0.5   0%    0%    0%
      1     ReLU         2x2  2x2  4x4        2      1.7   0.87      1   0%    0%   25%
    <BLANKLINE>
    network: x 2x2, y 2x2, J 4x4, 0 parameters, |dC_dy| 2, |dC_dx| 0.87, ratio 0.43
    no module stops the gradient: |dC_dx| is 0.43 of |dC_dy|, ratios from 0.5 to 0.87
    """

    records: list
    whole: dict
    verdict: str
    culprit: str | None

    @property
    def text(self):
        """The table, in lines of up to 120 characters for most networks."""
        marks = [r["path"] == self.culprit for r in self.records]
        rows = lines_of(columns_of(self.records), len(self.records))
        marked = zip([False, *marks], rows, strict=True)
        lines = [("> " if mark else "  ") + row for mark, row in marked]
        lines += ["", summary(self.whole), self.verdict]
        return "\n".join(line.rstrip() for line in lines)

    @property
    def html(self):
        """The table as a ``<div>`` that needs nothing else."""
        return page(self)

    def _repr_html_(self):
        return self.html

    def __str__(self):
        return self.text

    __repr__ = __str__
