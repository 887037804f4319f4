"""Columns: what an explanation shows of its records, and how wide."""

from nnmods.analysis.words import cut, matrix, number, shape, share

#: Title, key of a record, how its values are written, and whether to the right.
COLUMNS = (
    ("path", "path", lambda path: path or "net", False),
    ("class", "class", lambda text: cut(text, 20), False),
    ("calls", "calls", str, True),
    ("x", "x_shape", shape, False),
    ("y", "y_shape", shape, False),
    ("J", "jacobian", matrix, False),
    ("|dC_dy|", "dC_dy_norm", number, True),
    ("|dC_dx|", "dC_dx_norm", number, True),
    ("ratio", "ratio", number, True),
    ("sigma", "singular_value", number, True),
    ("sat", "saturated", share, True),
    ("dead", "dead", share, True),
    ("zero", "zero", share, True),
    ("|p|", "parameter_norm", number, True),
    ("|grad_p|", "gradient_norm", number, True),
)
#: Columns that are left out where no module has a value.
SPARING = {"singular_value", "saturated", "dead", "zero"}
SPARING |= {"parameter_norm", "gradient_norm"}
#: Characters of a line; columns stand two apart where that fits, and else one.
LINE = 120


class Column:
    """A column of a table, with a cell for each record.

    Attributes
    ----------
    title, key : str
    cells : list of str
    to_the_right : bool
    """

    def __init__(self, records, title, key, write, to_the_right):
        self.title, self.key, self.to_the_right = title, key, to_the_right
        self.cells = [write(record[key]) for record in records]

    @property
    def width(self):
        """The number of characters of the widest cell, or the title."""
        return max(map(len, (self.title, *self.cells)))

    def line(self, i):
        """Return cell i as wide as the column, or the title for None."""
        text = self.title if i is None else self.cells[i]
        return text.rjust(self.width) if self.to_the_right else text.ljust(self.width)


def columns_of(records):
    """Return a list of the columns that have something to say."""
    found = []
    for title, key, write, to_the_right in COLUMNS:
        empty = all(record[key] is None for record in records)
        if key in SPARING and empty:
            continue
        if key == "calls" and all(record["calls"] == 1 for record in records):
            continue
        found.append(Column(records, title, key, write, to_the_right))
    return found


def summary(whole):
    """Return a line about the network as one module."""
    text = (
        f"network: x {shape(whole['x_shape'])}, y {shape(whole['y_shape'])}, "
        f"J {matrix(whole['jacobian'])}, {whole['parameters']} parameters, "
        f"|dC_dy| {number(whole['dC_dy_norm'])}, |dC_dx| "
        f"{number(whole['dC_dx_norm'])}, ratio {number(whole['ratio'])}"
    )
    grad_p = whole["gradient_norm"]
    return text if grad_p is None else f"{text}, |grad_p| {number(grad_p)}"


def lines_of(columns, n):
    """Return the titles and the n rows of a table, as aligned lines."""
    wide = sum(column.width + 2 for column in columns) - 2 <= LINE - 2
    gap = "  " if wide else " "
    return [gap.join(column.line(i) for column in columns) for i in (None, *range(n))]
