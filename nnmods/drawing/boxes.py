"""Boxes: how large a block is, and where edges meet its border."""

from dataclasses import dataclass, field
from itertools import zip_longest

from nnmods.drawing.diagram import Block
from nnmods.drawing.lettering import text_width

TEXT, SMALL, TITLE = 12, 10, 11  # font sizes: first lines, others, and of containers
LEADING = 1.3  # from line to line, in font sizes
PADDING = {"module": (10, 6), "cost": (10, 6), "folded": (10, 6)}
PILL = (8, 3)
FAN, DOT = 16, 6
ARROW = 7
SIDE = 12  # between the border of a container and what is inside


@dataclass
class Box:
    """A block of known size.

    Attributes
    ----------
    block : Block
    width, height : float
    inside : Layout or None
    inputs, outputs : list of float
        Where the ports of a container are, to the right of its centre.
    """

    block: Block
    width: float
    height: float
    inside: object = None
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)


def box(block, inside=None):
    """Return the box of a block, with room for its texts in both graphs."""
    if block.kind == "container":
        return _container(block, inside)
    if block.kind == "fan":
        return Box(block, FAN, FAN)
    if is_dot(block):
        return Box(block, DOT, DOT)
    x, y = PADDING.get(block.kind, PILL)
    least = 40 if block.kind in PADDING else 26
    width = max((text_width(*line) for line in _lines(block)), default=0)
    height = sum(_line_heights(block)) or TEXT * LEADING
    # widths in steps, so that nearly equal blocks are equal
    return Box(block, max(8 * -(-(width + 2 * x) // 8), least), height + 2 * y)


def is_dot(block):
    """Return whether a block is an end without a text."""
    return block.kind in ("input", "output") and not block.lines and not block.back


def lettered(lines):
    """Return the lines of a block, each with its font size."""
    return [(line, SMALL if i else TEXT) for i, line in enumerate(lines)]


def text_height(lines):
    """Return how high the lines of a block are."""
    return sum(LEADING * size for _, size in lettered(lines))


def header(block):
    """Return how high the title of a container is."""
    n = max(len(block.lines), len(block.back))
    return n * TITLE * LEADING + 6 if n else 0


def title_width(block):
    """Return how wide the title of a container is, in the wider of the two graphs."""
    lines = [*block.lines, *block.back]
    return max((text_width(line, TITLE) for line in lines), default=0)


def _lines(block):
    return lettered(block.lines) + lettered(block.back)


def _line_heights(block):
    for pair in zip_longest(lettered(block.lines), lettered(block.back)):
        yield LEADING * max(line[1] for line in pair if line)


def _container(block, inside):
    title = title_width(block) + 2 * SIDE
    width, height = max(title, inside.width), inside.height + header(block)
    ports = {"input": [], "output": []}
    for placed in inside.blocks:
        if placed.block.kind in ports:
            centre = placed.x + (placed.width - inside.width) / 2
            ports[placed.block.kind].append(centre)
    if ports["output"]:
        # a little wider where that keeps the title clear of the way out
        clear = 2 * (title - 8 - min(ports["output"]))
        if width < clear < width + 80:
            width = clear
    return Box(block, width, height, inside, ports["input"], ports["output"])
