"""Lines of a sketch: a wiring drawn with the arrows of a typewriter."""

from typing import NamedTuple

from nnmods.core.sketch import Line


class Row(NamedTuple):
    """A line within a container.

    ``first`` stands before the child, ``indent`` before its further lines, ``after``
    behind it; without a child, ``first`` is the whole line.
    """

    first: str
    indent: str = ""
    after: str = ""
    child: int | None = None


def body(sketch, names, back, width):
    """Return the rows of a container.

    Parameters
    ----------
    sketch : Sketch
    names : list of str
        Of the children.
    back : bool
        Whether arrows run back, as gradients do.
    width : int
        What a chain is shortened to.

    Examples
    --------
    >>> from nnmods.core.sketch import Sketch
    >>> [row.first for row in body(Sketch.chain(1), ["0"], False, 80)]
    ['[x -> (0) -> y]', '(0): ']
    """
    names = [sketch.names.get(i, name) for i, name in enumerate(names)]
    if sketch.lines is not None:
        return _listed(sketch.lines, names, back)
    note = f" ({sketch.note})" if sketch.note else ""
    order = _chain(sketch, len(names))
    if order is not None:
        rows = [Row(_arrows([names[i] for i in order], back, width) + note)]
        return rows + [Row(f"({name}): ", child=i) for i, name in enumerate(names)]
    branches = _branches(sketch, len(names))
    if branches is not None:
        return _tree(branches, names, back, note)
    rows = [Row(note.strip())] if note else []
    return rows + _listed(_lines(sketch, names), names, back)


def _ends(back):
    return ("dC/dx", "dC/dy") if back else ("x", "y")


def _arrow(back, dashed=False):
    line = ".." if dashed else "-"
    return f"<{line}" if back else f"{line}>"


def _chain(sketch, n):
    """Return the children in order if they are a plain chain, else None."""
    follower = {link.source: link.target for link in sketch.links}
    plain = all(not any(link[2:]) for link in sketch.links)
    if not plain or len(sketch.links) != n + 1 or len(follower) != n + 1:
        return None
    order, end = [], follower.get("x")
    while type(end) is int and len(order) < n:
        order.append(end)
        end = follower.get(end)
    return order if len(order) == n and end == "y" else None


def _arrows(names, back, width):
    """Return a chain as one line, shortened where that is too long."""
    (start, end), arrow = _ends(back), f" {_arrow(back)} "
    steps = [start, *(f"({name})" for name in names), end]
    line = f"[{arrow.join(steps)}]"
    if len(line) > width and len(names) > 3:
        line = f"[{arrow.join([*steps[:2], '...', *steps[-2:]])}]"
    return line


def _branches(sketch, n):
    """Return the link to each child if all stand between x and y, else None."""
    ends = {link[:2]: link for link in sketch.links}
    wanted = {("x", i) for i in range(n)}, {(i, "y") for i in range(n)}
    if len(sketch.links) != 2 * n or ends.keys() != wanted[0] | wanted[1]:
        return None
    return [ends["x", i] for i in range(n)]


def _tree(links, names, back, note):
    start, end = _ends(back)
    rows, last = [Row(start + note)], len(names) - 1
    for i, (name, link) in enumerate(zip(names, links, strict=True)):
        label = "" if link.label == name else link.label
        label = " ".join(filter(None, [_brackets(link.entry), label]))
        arrow = f"{label} {_arrow(back, link.dashed)}" if label else None
        arrow = arrow or _arrow(back, link.dashed)
        bar = " " if i == last else "|"
        rows.append(Row(f"  {bar}`{arrow} ({name}): ", f"  {bar}    ", child=i))
    return [*rows, Row(f"   ... {_arrow(back)} {end}")]


def _listed(lines, names, back):
    rows = []
    for line in lines:
        text = line.back if back else line.text
        if line.child is None:
            rows.append(Row(text))
        else:
            rows.append(Row(f"({names[line.child]}): ", "", text, line.child))
    return rows


def _lines(sketch, names):
    """Return for each child, joint and output where its values come from."""
    sources = {i: [] for i in range(len(names))}
    for link in sketch.links:
        name = link.source if isinstance(link.source, str) else names[link.source]
        label = f" ({link.label})" if link.label else ""
        sources.setdefault(link.target, []).append(
            f"{name}{_brackets(link.entry)}{label}"
        )
    taken_always = {link.target for link in sketch.links if not link.dashed}
    lines = []
    for end, texts in sources.items():
        text = " or ".join(texts)
        if end in taken_always and len(texts) > 1:
            text = f"[{', '.join(texts)}]"
        if isinstance(end, int):
            lines.append(Line(f" <- {text}", f" -> {text}", end))
        elif end in sketch.outputs:
            lines.append(Line(f"{end} = {text}", f"dC/d{end} -> {text}"))
        else:
            lines.append(Line(f"{end} <- {text}", f"{end} -> {text}"))
    return lines


def _brackets(entry):
    return "".join(f"[{i}]" for i in entry)
