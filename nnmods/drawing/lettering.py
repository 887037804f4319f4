"""Lettering: texts of known width, in SVG.

A text is set in a monospaced font and told how long it has to be, so that it takes the
room it was measured for whatever font the viewer has.
"""

import re
import unicodedata
from xml.sax.saxutils import escape

FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
CELL = 0.602  # em: the width of a character
LOWERED = 0.75  # of the font size: a subscript
QUOTES = {'"': "&quot;", "'": "&apos;"}

_SUBSCRIPT = re.compile(r"_\{([^{}]*)\}")


def clean(text):
    """Return the text on one line, with a picture for each control character.

    Examples
    --------
    >>> clean("two\\nlines")
    'two␊lines'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def _shown(character):
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if character in "\u2028\u2029":  # ends of lines and paragraphs
        return "␊"
    allowed = unicodedata.category(character) not in ("Cc", "Cs")
    return character if allowed and code & 0xFFFE != 0xFFFE else "\ufffd"


def runs(text):
    """Return the pieces of a text, and whether each is a subscript.

    Examples
    --------
    >>> runs("dC/dy_{0.2}")
    [('dC/dy', False), ('0.2', True)]
    """
    pieces = _SUBSCRIPT.split(clean(text))
    return [(piece, bool(i % 2)) for i, piece in enumerate(pieces) if piece]


def plain(text):
    """Return a text as it stands in the picture, subscripts among the rest."""
    return "".join(piece for piece, _ in runs(text))


def text_width(text, size):
    """Return how wide a text is in a font of this size."""
    return sum(
        CELL * size * (LOWERED if lowered else 1) * _cells(piece)
        for piece, lowered in runs(text)
    )


def _cells(text):
    if text.isascii():
        return len(text)
    return sum(
        # what is joined to the character before takes no room
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def write(text, x, y, size, colour, middle=False, bold=False):
    """Return the SVG of a text that starts at x and is centred at the height y.

    Parameters
    ----------
    text : str
        In which ``_{...}`` is a subscript.
    x, y, size : float
    colour : str
    middle : bool
        Whether x is its middle.
    bold : bool

    Returns
    -------
    svg : str
        Nothing if there is nothing to see.
    """
    width = text_width(text, size)
    if not width:
        return ""
    y += 0.33 * size
    pieces = runs(text)
    if len(pieces) == 1 and not pieces[0][1]:
        where = f'x="{number(x)}" y="{number(y)}" {_length(width)}'
        where += ' text-anchor="middle"' if middle else ""
        inner = escape(pieces[0][0], QUOTES)
    else:  # each at its own place: of several together few viewers keep the width
        where, inner = "", _placed(pieces, x - width / 2 if middle else x, y, size)
    options = ' font-weight="bold"' if bold else ""
    return (
        f'<text {where}{" " if where else ""}font-size="{number(size)}" '
        f'fill="{colour}"{options}>{inner}</text>'
    )


def _placed(pieces, x, y, size):
    inner = ""
    for piece, lowered in pieces:
        scale, drop = (LOWERED, 0.25 * size) if lowered else (1, 0)
        width = CELL * size * scale * _cells(piece)
        inner += (
            f'<tspan x="{number(x)}" y="{number(y + drop)}" '
            f'font-size="{number(scale * size)}" {_length(width)}>'
            f"{escape(piece, QUOTES)}</tspan>"
        )
        x += width
    return inner


def _length(width):
    return f'textLength="{number(width)}" lengthAdjust="spacingAndGlyphs"'


def number(value):
    """Return a length with two decimals at most.

    Examples
    --------
    >>> number(2.50), number(-0.001)
    ('2.5', '0')
    """
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits
