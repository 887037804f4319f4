"""Wiring text: a network as text, with a drawing of how its children are wired.

As Torch7 printed networks: a chain as one line of arrows, branches as a tree.
"""

from typing import NamedTuple

from nnmods.core.sketch import sketch_of
from nnmods.core.sketch_lines import body

WIDTH = 80  # of a line in characters, before it is shortened
COLUMN = 60  # where notes begin at most, unless their line is longer


class _Piece(NamedTuple):
    """A module to be written.

    ``first`` stands before its first line, ``indent`` before all others, and ``after``
    behind the last.
    """

    first: str
    indent: str
    after: str
    module: object
    path: str


def wiring_text(net, notes=None, back=False):
    """Return a network as text.

    Parameters
    ----------
    net : Module
    notes : dict of str to list of str, default=None
        For the paths of modules, what is said of them, in columns to the right.
    back : bool, default=False
        Whether arrows run back, as gradients do.

    Examples
    --------
    >>> from nnmods.activations import Abs, Tanh
    >>> from nnmods.containers import ConcatTable, Sequential
    >>> net = Sequential(ConcatTable(Abs(), Tanh()), Tanh())
    >>> print(wiring_text(net))
    Sequential(
      [x -> (0) -> (1) -> y]
      (0): ConcatTable(
        x
          |`-> (0): Abs()
           `-> (1): Tanh()
           ... -> y
      )
      (1): Tanh()
    )
    >>> print(wiring_text(net[0], {"1": ["(5, 4)"]}, back=True))
    ConcatTable(
      dC/dx
        |`<- (0): Abs()
         `<- (1): Tanh()  (5, 4)
         ... <- dC/dy
    )
    """
    rows, todo = [], [_Piece("", "", "", net, "")]
    while todo:  # a stack: networks may be nested deeply
        piece = todo.pop()
        if piece.module is None:
            rows.append((piece.first, None))
        elif _draws_its_wiring(piece.module):
            todo += reversed(_opened(piece, rows, back))
        else:
            _write_leaf(piece, rows)
    return "\n".join(_noted(rows, notes or {}))


def _draws_its_wiring(module):
    """Tell whether a module is a container that does not only write its own repr."""
    where = {}
    for i, cls in enumerate(type(module).__mro__):
        for name in {"sketch", "__repr__"} & vars(cls).keys():
            where.setdefault(name, i)
    if "sketch" not in where or where["__repr__"] < where["sketch"]:
        return False  # the latter is a subclass that says how it is written
    return bool(module.children()) or module.sketch().lines is not None


def _opened(piece, rows, back):
    """Write the first line of a container, and return the pieces that follow."""
    module, path = piece.module, piece.path
    arguments = module._arguments()
    comma = "," if arguments else ""
    rows.append((f"{piece.first}{type(module).__name__}({arguments}{comma}", path))
    indent, dot = f"{piece.indent}  ", "." if path else ""
    children = module.children()
    names = [name for name, _ in children]
    pieces = []
    for line in body(sketch_of(module), names, back, WIDTH - len(indent)):
        first = indent + line.first
        if line.child is None:
            pieces.append(_Piece(first, "", "", None, ""))
        else:
            name, child = children[line.child]
            under, below = indent + line.indent, f"{path}{dot}{name}"
            pieces.append(_Piece(first, under, line.after, child, below))
    return [*pieces, _Piece(f"{piece.indent}){piece.after}", "", "", None, "")]


def _write_leaf(piece, rows):
    first, *others = repr(piece.module).splitlines() or [""]
    lines = [piece.first + first, *(piece.indent + line for line in others)]
    lines[-1] += piece.after
    rows += zip(lines, [piece.path, *[None] * len(others)], strict=True)


def _noted(rows, notes):
    """Return the lines, notes behind them in columns."""
    noted = [(line, notes.get(path, ())) for line, path in rows]
    widths = [max((len(line) for line, cells in noted if any(cells)), default=0)]
    widths[0] = min(widths[0], COLUMN)
    for _, cells in noted:
        widths += [0] * (1 + len(cells) - len(widths))
        for i, cell in enumerate(cells, 1):
            widths[i] = max(widths[i], len(cell))
    for line, cells in noted:
        padded = zip((line, *cells), widths, strict=False)
        whole = "  ".join(cell.ljust(width) for cell, width in padded)
        yield whole.rstrip() if any(cells) else line
