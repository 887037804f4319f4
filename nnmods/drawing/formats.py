"""Formats: a picture as SVG, for Graphviz, as text, and in files."""

import os
from functools import cached_property

from nnmods.core.files import replacing
from nnmods.drawing.dot import dot

#: What is written into a file of each ending.
FORMATS = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".txt": "text"}


class Picture:
    """What `draw` returns.

    Parameters
    ----------
    diagram : Diagram
    text : str
    title : str
    gradient : bool

    Attributes
    ----------
    svg, dot, text : str
        The picture as SVG, for Graphviz, and as text.
    """

    def __init__(self, diagram, text, title="", gradient=True):
        self.diagram, self.text = diagram, text
        self.title, self.gradient = title, bool(gradient)

    @cached_property
    def svg(self):
        """The picture as SVG."""
        from nnmods.drawing.svg import svg  # laying out takes a while to load

        return svg(self.diagram, self.gradient, self.title)

    @cached_property
    def dot(self):
        """The picture in the language of Graphviz."""
        return dot(self.diagram, self.gradient, self.title)

    def save(self, path):
        """Write the picture into a file, as a whole or not at all.

        Parameters
        ----------
        path : str or path-like
            Ends with .svg, .dot or .gv (both for Graphviz) or .txt.

        Raises
        ------
        OSError
            If the file cannot be written.
        TypeError, ValueError
            If ``path`` is no path, or has another ending.
        """
        content = getattr(self, format_of(path)).rstrip("\n") + "\n"
        options = {"encoding": "utf-8", "errors": "replace", "newline": "\n"}
        with replacing(path, "w", **options) as file:
            file.write(content)

    def _repr_svg_(self):
        return self.svg

    def __str__(self):
        return self.text

    def __repr__(self):
        return f"<picture of {self.title}>"


def format_of(path):
    """Return which attribute of a Picture a file of this name has."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"draw: path has type {type(path).__name__}, expected a str or Path"
        )
    ending = os.path.splitext(os.fspath(path))[1]
    if ending.lower() not in FORMATS:
        raise ValueError(
            f"draw: path has the ending {ending!r}, expected one of "
            f"{', '.join(FORMATS)}"
        )
    return FORMATS[ending.lower()]
