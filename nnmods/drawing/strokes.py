"""Strokes: blocks and edges with a place, as elements of SVG."""

from xml.sax.saxutils import escape

from nnmods.drawing.boxes import (
    ARROW,
    LEADING,
    SMALL,
    TITLE,
    header,
    is_dot,
    lettered,
    text_height,
)
from nnmods.drawing.lettering import QUOTES, clean, number, text_width, write

ROUND = {"module": 4, "cost": 4, "folded": 4, "container": 6}
DASHES = ' stroke-dasharray="4 3"'
TITLE_AT = 8  # from the left border of a container


def draw_block(placed, colours, back, depth):
    """Return a block, without what is inside of it."""
    block = placed.block
    lines = block.back if back else block.lines
    if block.kind == "fan":
        inner = _fan(placed, colours, back)
    elif is_dot(block):
        inner = _circle(*_centre(placed), placed.width / 2, colours.line)
    else:
        inner = _rectangle(placed, colours, depth)
        if block.kind == "container":
            inner += _title(placed, lines, colours)
        else:
            inner += _lines(placed, lines, colours)
    tip = f"<title>{escape(clean(block.path), QUOTES)}</title>" if block.path else ""
    return f"<g>{tip}{inner}</g>"


def draw_edge(routed, end, colours, back):
    """Return an edge with its label, and an arrow head at the block where it ends."""
    points = routed.points[::-1] if back else routed.points
    (x, y), head = points[-1], ""
    if not is_dot(end) and (back or end.kind != "fan"):
        tail = y + (-ARROW if back else ARROW)
        corners = [(x, y), (x - ARROW / 2, tail), (x + ARROW / 2, tail)]
        shape = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
        head = f'<polygon points="{shape}" fill="{colours.line}"/>'
        # the line ends inside of the head, which is sharper than the line
        points = [*points[:-1], (x, (y + tail) / 2)]
    dashes = DASHES if routed.edge.dashed else ""
    line = (
        f'<path d="{_path(points)}" fill="none" stroke="{colours.line}" '
        f'stroke-width="1.3"{dashes}/>'
    )
    label = ""
    if routed.label:
        x, y, _, height = routed.label
        text = routed.edge.back if back else routed.edge.label
        label = write(text, x, y + height / 2, SMALL, colours.label)
    return line + head + label


def _path(points):
    x, y = points[0]
    parts = [f"M{number(x)} {number(y)}"]
    for i in range(1, len(points), 3):
        piece = points[i : i + 3]
        if all(p[0] == x for p in piece):
            parts.append(f"V{number(piece[2][1])}")
        else:
            parts.append("C" + " ".join(f"{number(a)} {number(b)}" for a, b in piece))
        x = piece[2][0]
    return "".join(parts)


def _centre(placed):
    return placed.x + placed.width / 2, placed.y + placed.height / 2


def _circle(x, y, radius, fill, border=""):
    border = f' stroke="{border}"' if border else ""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" '
        f'fill="{fill}"{border}/>'
    )


def _fan(placed, colours, back):
    x, y = _centre(placed)
    half = placed.height / 2
    if not back:
        stem = (
            f'<path d="M{number(x)} {number(y + half)}V{number(y - half)}" '
            f'stroke="{colours.line}" stroke-width="1.3"/>'
        )
        return stem + _circle(x, y, 3.5, colours.line)
    arm = half / 2
    plus = (
        f'<path d="M{number(x - arm)} {number(y)}h{number(2 * arm)}'
        f'M{number(x)} {number(y - arm)}v{number(2 * arm)}" stroke="{colours.line}" '
        f'stroke-width="1.3"/>'
    )
    return _circle(x, y, half, "#ffffff", colours.line) + plus


def _rectangle(placed, colours, depth):
    kind = placed.block.kind
    fill, border = colours.fills[kind]
    if kind == "container":
        fill = colours.tints[depth % len(colours.tints)]
    dashes = DASHES if kind == "folded" else ""
    return (
        f'<rect x="{number(placed.x)}" y="{number(placed.y)}" '
        f'width="{number(placed.width)}" height="{number(placed.height)}" '
        f'rx="{number(ROUND.get(kind, min(placed.height / 2, 10)))}" '
        f'fill="{fill}" stroke="{border}"{dashes}/>'
    )


def _lines(placed, lines, colours):
    x, y = _centre(placed)
    y -= text_height(lines) / 2
    texts = []
    for i, (line, size) in enumerate(lettered(lines)):
        y += size * LEADING / 2
        colour = colours.label if i else colours.text
        texts.append(write(line, x, y, size, colour, middle=True))
        y += size * LEADING / 2
    return "".join(texts)


def _title(placed, lines, colours):
    """Return the title of a container, and the ways out that pass beside it."""
    right = placed.x + TITLE_AT + max((text_width(t, TITLE) for t in lines), default=0)
    texts = []
    for i, line in enumerate(lines):
        y = placed.y + 4 + (i + 0.5) * TITLE * LEADING
        at = placed.x + TITLE_AT
        texts.append(write(line, at, y, TITLE, colours.text, bold=not i))
    for port in placed.inside.blocks if header(placed.block) else ():
        x = _centre(port)[0]
        if port.block.kind == "output" and x > right + 6:
            ends = f"M{number(x)} {number(port.y)}V{number(placed.y)}"
            line = f'<path d="{ends}" stroke="{colours.line}" stroke-width="1.3"/>'
            texts.append(line)
    return "".join(texts)
