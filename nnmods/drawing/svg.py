"""SVG: the picture of a diagram, forward graph and gradient graph side by side."""

from xml.sax.saxutils import escape

from nnmods.drawing.boxes import SMALL
from nnmods.drawing.colours import FORWARD, GRADIENT
from nnmods.drawing.layout import layout
from nnmods.drawing.lettering import FONTS, QUOTES, clean, number, text_width, write
from nnmods.drawing.strokes import draw_block, draw_edge

MARGIN, APART = 14, 48  # around all, and between the two graphs
HEADING = 22


def svg(diagram, gradient=True, title=""):
    """Draw a diagram as SVG.

    Parameters
    ----------
    diagram : Diagram
    gradient : bool, default=True
        Whether the gradient graph stands to the right of the forward graph: the same
        blocks at the same places, with every edge reversed.
    title : str, default=""
        What screen readers and tooltips say of the picture.

    Returns
    -------
    svg : str
        An element that stands for itself: it may be put into a page with others.

    Raises
    ------
    ValueError
        If there is a cycle, or an edge leads to a block that is not there.

    Examples
    --------
    >>> from nnmods.drawing.diagram import Diagram
    >>> svg(Diagram(), gradient=False).splitlines()[1]
    '<title>network</title>'
    """
    placed = layout(diagram)
    halves = [("forward", FORWARD), ("gradient", GRADIENT)][: 1 + bool(gradient)]
    step = max(placed.width, text_width("gradient", SMALL)) + APART
    width = 2 * MARGIN + len(halves) * step - APART
    height = 2 * MARGIN + HEADING + placed.height
    size = number(width), number(height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" '
        f'width="{size[0]}" height="{size[1]}" role="img" xml:space="preserve" '
        f'font-family="{FONTS}">',
        f"<title>{escape(clean(title or 'network'), QUOTES)}</title>",
        f'<rect width="{size[0]}" height="{size[1]}" fill="#ffffff"/>',
    ]
    for i, (name, colours) in enumerate(halves):
        x, y = number(MARGIN + i * step), number(MARGIN + HEADING)
        heading = write(name, 0, SMALL / 2 - HEADING, SMALL, colours.label)
        parts.append(f'<g transform="translate({x} {y})">{heading}')
        parts += _half(placed, colours)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _half(placed, colours):
    back = colours is GRADIENT
    todo = [(placed, 0)]
    while todo:
        level, depth = todo.pop()
        ends = level.blocks
        for edge in level.edges:
            if back and edge.edge.one_way:
                continue
            end = ends[edge.edge.source if back else edge.edge.target].block
            yield draw_edge(edge, end, colours, back)
        for block in level.blocks:
            if back and block.block.one_way:
                continue
            yield draw_block(block, colours, back, depth)
            if block.inside is not None:
                todo.append((block.inside, depth + 1))
