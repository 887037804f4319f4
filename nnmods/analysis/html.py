"""HTML: an explanation as a table for a notebook or a page."""

import math
from html import escape

from nnmods.analysis.columns import columns_of, summary
from nnmods.analysis.words import cut

CELL = "padding: 1px 8px; white-space: nowrap; "
CULPRIT = "background: #fff3b0; color: #000; font-weight: bold; "
#: Of ratios below 1 and above 1: the gradient fades, or grows.
FADING, GROWING = "66, 133, 244", "234, 67, 53"
#: Ratios of this many orders of magnitude, or more, have the full colour.
FULL = 2.0


def page(told):
    """Return an `Explanation` as a ``<div>``, styled inline and well-formed."""
    columns = columns_of(told.records)
    titles = "".join(_cell("th", c.title, _align(c)) for c in columns)
    rows = "\n".join(_row(told, columns, i) for i in range(len(told.records)))
    return (
        '<div style="font-family: monospace; font-size: 12px">\n'
        f"<p><b>{escape(told.verdict)}</b></p>\n"
        '<table style="border-collapse: collapse">\n'
        f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
        f"<p>{escape(summary(told.whole))}</p>\n</div>"
    )


def _row(told, columns, i):
    record = told.records[i]
    style = CULPRIT if record["path"] == told.culprit else ""
    cells = [
        _cell("td", c.cells[i], _align(c) + _shade(c.key, record)) for c in columns
    ]
    about = escape(cut(record["repr"], 200))
    return f'<tr style="{style}" title="{about}">{"".join(cells)}</tr>'


def _cell(tag, text, style):
    return f'<{tag} style="{CELL}{style}">{escape(text)}</{tag}>'


def _align(column):
    return f"text-align: {'right' if column.to_the_right else 'left'}; "


def _shade(key, record):
    """Return the background of a ratio: the further from 1, the stronger."""
    ratio = record["ratio"]
    if key != "ratio" or ratio is None or math.isnan(ratio):
        return ""
    orders = math.log10(ratio) if ratio else -math.inf
    strength = min(abs(orders) / FULL, 1) * 0.8
    colour = FADING if orders < 0 else GROWING
    return f"background: rgba({colour}, {strength:.2f}); "
